"""A study's data and models as files for Stata and R, which return the same numbers there."""

from models_py.bridge.labels import VariableLabel
from models_py.bridge.write import write_bridge

__all__ = ["VariableLabel", "write_bridge"]
