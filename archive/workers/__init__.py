"""Processes that read pages: `pool` is what others use, `process` one of it from outside, `worker` from inside."""
