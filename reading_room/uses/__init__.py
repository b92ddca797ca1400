"""The use register 利用登记簿 and its statistics."""
