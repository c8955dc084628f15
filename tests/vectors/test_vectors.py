"""The vectors stay as they are, and the page says what the code does."""

from tests.vectors.make import FILE, PAGE, make, page_with_fields, to_text


def test_the_code_makes_the_very_vectors_that_are_kept() -> None:
    assert to_text(make()) == FILE.read_text(encoding="utf-8")


def test_the_table_of_fields_on_the_page_is_that_of_the_registries() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page_with_fields(page) == page
