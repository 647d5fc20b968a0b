"""Public corpora that this program knows, and fetching one of them where the user asks for it.

What is known of them is data (``catalogue.yaml``, read by ``catalogue``); running git safely is
``git``; putting files into a landing zone is ``fetching``, their origin record ``origin``. Reading
what was fetched belongs to ``orchestration.ingest``. Nothing here runs unless it is asked for.
"""

from orchestration.sources.catalogue import Source, find_source, load_catalogue
from orchestration.sources.fetching import Fetched, SourceError, fetch

__all__ = ["Fetched", "Source", "SourceError", "fetch", "find_source", "load_catalogue"]
