"""The page that Streamlit runs: the folder of an evaluation, model by model."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from flights import config
from flights.pipelines.evaluation_files import DEPENDENCE, IMPORTANCE, METRICS, PREDICTIONS

DAILY = ["actual", "predicted", "naive"]


@st.cache_data
def daily(file: Path) -> pd.DataFrame:
    """Return the means of what happened and of what was predicted, for each day of the later period."""
    rows = pd.read_csv(file, usecols=["period", "scheduled_departure", *DAILY])
    later = rows[rows["period"] == "test"]
    return later.groupby(pd.to_datetime(later["scheduled_departure"]).dt.date)[DAILY].mean()


def show(name: str, judged: dict[str, Any], folder: Path) -> None:
    """Show a model: its errors, its days, and the inputs that matter."""
    for column, (metric, difference) in zip(st.columns(2), judged["against_naive"].items(), strict=True):
        value = judged["metrics"]["model"]["test"][metric]
        column.metric(f"{name}: {metric} on later flights", value, f"{difference['value']:+} to naive", "inverse")
        column.caption(f"95 % interval of the difference: {difference['low']:+} to {difference['high']:+}")
    errors = {
        (who, period): metrics for who, periods in judged["metrics"].items() for period, metrics in periods.items()
    }
    st.dataframe(pd.DataFrame(errors).T)
    st.subheader("Day by day")
    st.line_chart(daily(folder / PREDICTIONS))
    st.subheader("How much worse without each input")
    importance = pd.read_csv(folder / IMPORTANCE)
    st.bar_chart(importance, x="input", y=importance.columns[1])
    st.subheader("How the answer changes with an input")
    dependence = pd.read_csv(folder / DEPENDENCE)
    chosen = st.selectbox("Input", dependence["input"].unique(), key=f"{name} input")
    st.line_chart(dependence[dependence["input"] == chosen], x="value", y="answer")


def page() -> None:
    """Show the page, or say that there is no evaluation."""
    st.title("flights: what the evaluation found")
    folder = config.Report().evaluation
    if not (folder / METRICS).is_file():
        st.error(f"There is no evaluation in {folder}: run evaluate, or name its folder with --evaluation.")
        return
    metrics = json.loads((folder / METRICS).read_text("utf-8"))
    st.caption(f"bundle {metrics['bundle']}")
    for tab, (name, judged) in zip(st.tabs([*metrics["models"]]), metrics["models"].items(), strict=True):
        with tab:
            show(name, judged, folder / name)


page()
