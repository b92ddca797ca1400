"""Reading the limits of requests from the environment. It is read by the settings, and so imports nothing of Django."""


def read_limits(text: str) -> dict[str, tuple[int, int]]:
    """``"search=120/60, sign_in=60/60"`` as door → (requests, seconds). Raises ``ValueError``."""
    limits = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        door, _equals, rate = part.partition("=")
        number, _slash, seconds = rate.partition("/")
        if not (number.isdigit() and seconds.isdigit() and int(seconds)):
            raise ValueError(f"FONDS_RATE_LIMITS: {part!r} is not door=requests/seconds")
        limits[door.strip()] = (int(number), int(seconds))
    return limits
