"""The offices in whose name the archive issues certificates: seal, key and writing of the number of each."""
