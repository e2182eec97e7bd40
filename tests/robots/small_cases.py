"""Cases for the targets without a browser: few fields, and values that somebody might take for code."""

from __future__ import annotations

from typing import Any

HOSTILE = {
    "applicant_last_name": "' or 1=1; drop table vorgaenge; --",
    "applicant_first_name": '"]//*[@id="x"]',
    "street": "${EXEC} %{HOME} {{7*7}}",
    "town": "<img src=x onerror=alert(1)> &amp; ]]>",
    "dog_name": '=HYPERLINK("http://x.example")',
    "breed": "Bärenmüßling-Ñandú\nzweite Zeile\r\ndritte\tTab",
}
LONG = "ß" * 5000


def small_case(target: str, number: int = 1, mode: str = "enter", **fields: str | None) -> dict[str, Any]:
    """An item as the worker hands it out."""
    values: dict[str, str | None] = {
        "applicant_last_name": "Müller-Lüdenscheidt",
        "applicant_first_name": "Änne",
        "date_of_birth": "1970-02-01",
        "street": "Lange Straße 3",
        "plz": "50667",
        "town": "Köln",
        "iban": "DE89370400440532013000",
        "dog_name": "Waldi",
        "breed": None,
        "chip_number": "276098102345678",
        "first_dog": "ja",
    }
    return {
        "id": str(number),
        "fence": 1,
        "mode": mode,
        "reference": f"2026-{number:06d}",
        "target": target,
        "fields": values | fields,
    }
