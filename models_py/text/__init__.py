"""Text measures over one report's body: terms, sections, sentences, tokens.

Every function takes a string and returns offsets into that string. Reading files, telling one
region from another and adding up over reports belong elsewhere.
"""

from models_py.text.lexicon import Lexicon, Term
from models_py.text.matcher import Hit, match
from models_py.text.sections import Section, split_sections
from models_py.text.sentences import sentence_span
from models_py.text.tokens import TokenCounter, TokenHit

__all__ = [
    "Hit",
    "Lexicon",
    "Section",
    "Term",
    "TokenCounter",
    "TokenHit",
    "match",
    "sentence_span",
    "split_sections",
]
