"""The engine that reads a catalogue list, checks it, compares it with the archive and writes it.

``reading`` → ``columns`` → ``checks`` → ``planning`` → ``loading``; ``marking`` makes the marked copy. Nothing here knows
of files or scans: the room above adds them.
"""
