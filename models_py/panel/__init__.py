"""Panel regressions with fixed effects: the fit, its errors, and nothing of what builds on it."""

from models_py.panel.design import Design, prepare
from models_py.panel.errors import PanelError
from models_py.panel.estimate import PanelFit, fit, fit_design

__all__ = ["Design", "PanelError", "PanelFit", "fit", "fit_design", "prepare"]
