"""What a variable is called for people, beside its name in the study."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class VariableLabel:
    """Labels of one variable of a study.

    Attributes:
        name: of the variable.
        label_zh: in Chinese; may be empty.
        label_en: in English; may be empty.
        unit: may be empty.
    """

    name: str
    label_zh: str = ""
    label_en: str = ""
    unit: str = ""

    @property
    def shown(self) -> str:
        """Both labels and the unit, for a comment."""
        both = " / ".join(text for text in (self.label_zh, self.label_en) if text)
        return f"{both or self.name} ({self.unit})" if self.unit else both or self.name

    @property
    def short(self) -> str:
        """One label with the unit, for a statistics program."""
        label = self.label_zh or self.label_en or self.name
        return f"{label} ({self.unit})" if self.unit else label
