"""The catalogue: every question and its weight, on one screen.

A change of a formula, a threshold or a weight is a new catalogue version; ratings keep
the version that judged them.
"""

from __future__ import annotations

from ratings.metrics.bus_factor import BusFactor
from ratings.metrics.code_quality import CodeQuality
from ratings.metrics.dataset_and_code_score import DatasetAndCodeScore
from ratings.metrics.dataset_quality import DatasetQuality
from ratings.metrics.license import License
from ratings.metrics.metric import Metric
from ratings.metrics.performance_claims import PerformanceClaims
from ratings.metrics.ramp_up_time import RampUpTime
from ratings.metrics.reproducibility import Reproducibility
from ratings.metrics.reviewedness import Reviewedness
from ratings.metrics.size_score import SizeScore
from ratings.metrics.tree_score import TreeScore

CATALOGUE_VERSION = "3"

ALL: tuple[Metric, ...] = (
    License(),
    RampUpTime(),
    BusFactor(),
    PerformanceClaims(),
    DatasetAndCodeScore(),
    DatasetQuality(),
    CodeQuality(),
    Reproducibility(),
    Reviewedness(),
    TreeScore(),
    SizeScore(),
)
METRICS: dict[str, Metric] = {metric.name: metric for metric in ALL}
WEIGHTS: dict[str, float] = {
    "license": 0.15,
    "ramp_up_time": 0.10,
    "bus_factor": 0.08,
    "performance_claims": 0.10,
    "dataset_and_code_score": 0.10,
    "dataset_quality": 0.08,
    "code_quality": 0.08,
    "reproducibility": 0.10,
    "reviewedness": 0.06,
    "tree_score": 0.05,
    "size_score": 0.10,
}
