"""Signing of PDFs with the archive's own keys (PAdES, ETSI EN 319 142-1), behind three kinds of key that can be joined
by others: a key for development, a PKCS#12 file, a PKCS#11 token."""
