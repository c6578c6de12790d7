"""WACZ 1.2.0: captures with everything needed to show and to check them, in one ZIP file.

`selection` chooses captures, `writer` packs them, `proofs` adds what the log says of them, `signature` signs the manifest;
`container` reads ZIP files strictly and `check` verifies a WACZ with nothing else at hand.
"""
