"""The user's own price list replaces the installed one, unless it is broken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.pricing.builders import usage
from tui_monitor.pricing import PriceBook, configured_list
from tui_monitor.pricing.pricelist import INSTALLED

ACME = {
    "id": "acme",
    "name": "Acme",
    "api_pattern": "https://api\\.acme\\.example",
    "model_match": {"starts_with": "rocket"},
    "models": [
        {
            "id": "rocket-1",
            "match": {"starts_with": "rocket-1"},
            "context_window": 5000,
            "prices": {"input_mtok": 2, "output_mtok": {"base": 8, "tiers": [{"start": 1000, "price": 9}]}},
        }
    ],
}


def write(path: Path, document: object) -> str:
    path.write_text(json.dumps(document), encoding="utf-8")
    return str(path)


def with_prices(prices: object) -> object:
    return [{**ACME, "models": [{**ACME["models"][0], "prices": prices}]}]  # type: ignore[index]


def test_models_of_the_file_have_its_prices_and_windows(tmp_path: Path) -> None:
    path = write(tmp_path / "prices.json", [ACME])
    found = configured_list(path)
    assert found.fault == ""
    book = PriceBook(price_list=found.list)
    rates = book.rates(usage("rocket-1-mini"))
    assert rates
    assert (rates.input, rates.output) == (2_000_000, 8_000_000)
    window = book.window("rocket-1")
    assert window
    assert window.limit == 5000
    card = book.explain("rocket-1")
    assert card
    assert card.source == path
    assert book.rates(usage("gpt-5")) is None
    assert "acme" in book.providers()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "Expecting value"),
        (b"\xff", "utf-8"),
        (b"{}", "not a list of providers"),
        (b"[]", "not a list of providers"),
        (b"[1]", ""),
        (b'[{"id": "acme"}]', "0.name: Field required"),
        (b"[" * 100_000, ""),
        (json.dumps(with_prices({"input_mtok": -1})).encode(), "is no amount"),
        (json.dumps(with_prices({"input_mtok": float("nan")})).encode(), ""),
        (json.dumps(with_prices({"input_mtok": "dear"})).encode(), ""),
        (json.dumps(with_prices([{"prices": {}, "constraint": 5}])).encode(), ""),
        (json.dumps([{**ACME, "model_match": {"regex": "("}}]).encode(), ""),
    ],
)
def test_broken_file_is_one_line_and_the_installed_list_is_used(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "prices.json"
    path.write_bytes(content)
    found = configured_list(str(path))
    assert found.list is INSTALLED
    assert found.fault.startswith(f"{path}: is no usable price list (")
    assert reason in found.fault
    assert "\n" not in found.fault
    assert len(found.fault) < 400


@pytest.mark.parametrize("name", ["missing.json", "."])
def test_file_that_cannot_be_read_is_one_line(tmp_path: Path, name: str) -> None:
    assert configured_list(str(tmp_path / name)).list is INSTALLED
    assert "is no usable price list (" in configured_list(str(tmp_path / name)).fault


def test_without_a_file_the_installed_list_is_used() -> None:
    assert configured_list("") == (INSTALLED, "")
