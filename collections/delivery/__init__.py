"""The only doors through which bytes of files leave the house. Each asks for access before anything else."""
