"""A column computed from others, as a formula that people can read."""

import ast
import operator
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import Tags, assert_all_finite
from sklearn.utils.validation import _check_feature_names_in, check_is_fitted, validate_data

# All that a formula may use beside columns and numbers, so that a formula from a file can only do arithmetic.
OPERATORS: Mapping[type, Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
}


class FormulaTransformer(TransformerMixin, BaseEstimator):
    """Appends a column that a formula computes from the others.

    All columns must be numbers. Those of an array are called x0, x1 and so on, as scikit-learn calls them.
    A division by zero is a missing value.

    >>> planes = pd.DataFrame({"seats": [182.0, 8.0, 2.0], "engines": [2.0, 1.0, 0.0]})
    >>> FormulaTransformer(formula="seats_per_engine = seats / engines").fit_transform(planes)
       seats  engines  seats_per_engine
    0  182.0      2.0              91.0
    1    8.0      1.0               8.0
    2    2.0      0.0               NaN
    >>> FormulaTransformer(formula="twice = 2 * x0").fit_transform(np.array([[1.0], [3.0]]))
    array([[1., 2.],
           [3., 6.]])
    >>> FormulaTransformer(formula="rate = seats / wings").fit(planes)
    Traceback (most recent call last):
    ValueError: The formula 'rate = seats / wings' names wings; the columns are seats, engines.
    """

    def __init__(self, *, formula: str = "copy = x0") -> None:
        self.formula = formula

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: ARG002, N803 -- the names that scikit-learn asks for
        """Check that the formula can be computed from these columns.

        Raises:
            ValueError: it is no formula, names another column, or would replace one.

        """
        checked = validate_data(self, X, dtype="numeric", ensure_all_finite="allow-nan")
        columns = self._columns(checked.shape[1])
        name, expression = self._parsed()
        if name in columns:
            raise ValueError(f"The formula '{self.formula}' would replace the column {name}: give it another name.")
        used = {node.id for node in ast.walk(expression) if isinstance(node, ast.Name)}
        if unknown := sorted(used - {*columns}):
            raise ValueError(
                f"The formula '{self.formula}' names {', '.join(unknown)}; the columns are {', '.join(columns)}."
            )
        return self

    def transform(self, X: Any) -> Any:  # noqa: N803
        """Return the columns and the new one: a frame for a frame, else an array.

        Arrays by name are accepted, too: for a single flight, checking a frame takes longer than the model.

        Raises:
            ValueError: the columns are not those of `fit`, or hold what is no number, or infinity.

        """
        check_is_fitted(self)
        columns = self._given(X)
        name, expression = self._parsed()
        rows = len(next(iter(columns.values())))
        with np.errstate(all="ignore"):
            computed = np.broadcast_to(np.asarray(_compute(expression, columns), float), rows)
        computed = np.where(np.isfinite(computed), computed, np.nan)
        if isinstance(X, pd.DataFrame):
            return X.assign(**{name: computed})
        return np.column_stack([*columns.values(), computed])

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the names of the columns and of the new one."""
        check_is_fitted(self)
        given = _check_feature_names_in(self, input_features)
        return np.array([*given, self._parsed()[0]], dtype=object)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "n_features_in_")

    def _given(self, X: Any) -> dict[str, np.ndarray]:  # noqa: N803
        """Return the columns of `fit`, checked."""
        if not isinstance(X, Mapping):
            checked = validate_data(self, X, dtype="numeric", ensure_all_finite="allow-nan", reset=False)
            return dict(zip(self._columns(checked.shape[1]), checked.T, strict=True))
        names = self._columns(self.n_features_in_)
        if [*X] != names:
            raise ValueError(f"The columns are {', '.join(X)}; those of the training were {', '.join(names)}.")
        columns = {name: np.asarray(X[name], "float64") for name in names}
        assert_all_finite(np.array([*columns.values()]), allow_nan=True)
        return columns

    def _columns(self, count: int) -> list[str]:
        return list(getattr(self, "feature_names_in_", [f"x{number}" for number in range(count)]))

    def _parsed(self) -> tuple[str, ast.expr]:
        """Return the name left of the equals sign and the expression right of it."""
        with suppress(SyntaxError, TypeError):  # no Python, or no text
            match ast.parse(self.formula).body:
                case [ast.Assign(targets=[ast.Name(id=name)], value=value)] if _arithmetic(value):
                    return name, value
        raise ValueError(f"'{self.formula}' is no formula: write name = arithmetic with columns and numbers.")


def _arithmetic(node: ast.AST) -> bool:
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            return type(op) in OPERATORS and _arithmetic(left) and _arithmetic(right)
        case ast.UnaryOp(op=op, operand=operand):
            return type(op) in OPERATORS and _arithmetic(operand)
        case ast.Constant(value=value):
            return isinstance(value, int | float)
    return isinstance(node, ast.Name)


def _compute(node: ast.AST, columns: Mapping[str, np.ndarray]) -> Any:
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            return OPERATORS[type(op)](_compute(left, columns), _compute(right, columns))
        case ast.UnaryOp(op=op, operand=operand):
            return OPERATORS[type(op)](_compute(operand, columns))
        case ast.Constant(value=int() | float() as value):
            return np.float64(value)
        case ast.Name(id=name):
            return columns[name].astype("float64")
    raise AssertionError(node)  # pragma: no cover -- `_arithmetic` let nothing else through
