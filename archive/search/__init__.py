"""Finding what articles say: an index of pairs of characters beside the versions, written whenever they are."""
