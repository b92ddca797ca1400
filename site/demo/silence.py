"""What the commands print while the demo loads is not shown."""


class Silence:
    """Takes what a command prints and lets it go."""

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""
