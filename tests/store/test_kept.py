"""Everything that is kept about a person is told to him, or left out with a reason."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Column, ForeignKey, MetaData, String, Table

from server.store.kept import LEFT_OUT, SECTIONS
from server.store.tables import metadata

NUMBER = "number_hash"
"""What names a person in a table besides his id."""


def names_somebody(table: Table) -> set[str]:
    """The columns of a table that name a member, by his id or by the hash of his number."""
    referring = {
        column.name
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == "member"
    }
    return referring | ({NUMBER} & set(table.columns.keys()))


def hangs_on(table: Table) -> set[str]:
    """The tables that a table's rows cannot do without."""
    return {key.column.table.name for column in table.columns for key in column.foreign_keys}


def sections_of(table: Table) -> set[str]:
    return {section.owner for section in SECTIONS if section.table.name == table.name}


def forgotten(tables: Iterable[Table]) -> set[str]:
    """Columns that name a member, begin no section, and are not left out with a reason."""
    return {
        f"{table.name}.{column}"
        for table in tables
        if table.name != "member"
        for column in names_somebody(table) - sections_of(table)
        if not LEFT_OUT.get(f"{table.name}.{column}", "").strip()
    }


def test_every_column_that_names_a_member_begins_a_section_or_is_left_out_with_a_reason() -> None:
    assert forgotten(metadata.tables.values()) == set()


def test_a_table_of_tomorrow_would_be_missed_here() -> None:
    tomorrow = MetaData()
    for table in metadata.tables.values():
        table.to_metadata(tomorrow)
    Table("of_tomorrow", tomorrow, Column("by", String, ForeignKey("member.member_id")))
    assert forgotten(tomorrow.tables.values()) == {"of_tomorrow.by"}


def test_every_table_that_hangs_on_somebody_is_told() -> None:
    told = {section.table.name for section in SECTIONS}
    left_out = {name.split(".")[0] for name in LEFT_OUT}
    personal = {"member"}
    while more := {t.name for t in metadata.tables.values() if hangs_on(t) & personal} - personal:
        personal |= more
    assert personal - told - left_out == set()


def test_every_column_of_a_section_is_told_or_withheld_with_a_reason() -> None:
    for section in SECTIONS:
        columns = set(section.table.columns.keys())
        spoken_for = {*section.told, *section.withheld}
        # The owner's own column need not be told: it is whose file this is.
        assert columns - spoken_for - {section.owner} == set(), section.name
        assert spoken_for <= columns, section.name
        assert not set(section.told) & set(section.withheld), section.name
        assert all(section.withheld.values()), section.name


def test_what_is_left_out_is_there_to_be_left_out() -> None:
    for name in LEFT_OUT:
        table, column = name.split(".")
        assert column in names_somebody(metadata.tables[table]), name


def test_no_other_member_is_named_but_whom_the_person_chose() -> None:
    for section in SECTIONS:
        others = names_somebody(section.table) - {section.owner, NUMBER}
        told = others & set(section.told) - {"member_id"}
        assert told == ({section.named} if section.named else set()), section.name
