"""Phone numbers as people type them → E.164. Never stores or logs one."""

from __future__ import annotations

import phonenumbers

from server.domain.errors import BadNumberError


def e164(typed: str, region: str) -> str:
    """Normalise a number, full-width and Arabic digits included.

    Args:
        typed: what was typed, with or without a country code.
        region: the country (ISO 3166) of numbers without a country code.

    Raises:
        BadNumberError: no such number can exist, or it has an extension.
    """
    try:
        number = phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException:
        raise BadNumberError from None
    if number.extension or not phonenumbers.is_valid_number(number):
        raise BadNumberError
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
