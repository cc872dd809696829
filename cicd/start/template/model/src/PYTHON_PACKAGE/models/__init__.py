"""The models, by family."""

from PYTHON_PACKAGE.models.common.model import Model
from PYTHON_PACKAGE.models.regression.olsr_regressor import OlsrRegressor
from PYTHON_PACKAGE.models.rule_based.naive_model import NaiveModel

FAMILIES: dict[str, type[Model]] = {"naive": NaiveModel, "olsr": OlsrRegressor}
