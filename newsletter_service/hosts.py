"""What the name of a host is: an address, and one of this machine. Pure."""

from ipaddress import ip_address


def is_address(host: str) -> bool:
    """Whether a host is named by its address."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_here(host: str) -> bool:
    """Whether a host is this machine, by its name alone."""
    return ip_address(host).is_loopback if is_address(host) else host == "localhost"
