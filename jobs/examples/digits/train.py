"""Train a digit classifier: cross-validate parameters in parallel Ray tasks, then test on held-out images."""

import argparse
import json
import os
import time
from pathlib import Path
from typing import Any

import joblib
import ray
from sklearn.datasets import load_digits
from sklearn.metrics import accuracy_score, confusion_matrix
from sklearn.model_selection import ParameterGrid, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

SEED = 7


def build_model(parameters: dict[str, float]) -> Any:
    """Return an untrained classifier."""
    return make_pipeline(StandardScaler(), SVC(kernel="rbf", random_state=SEED, **parameters))


@ray.remote(num_cpus=1)
def score(parameters: dict[str, float], images: Any, labels: Any, folds: int) -> float:
    """Return the mean cross-validated accuracy of one choice of parameters."""
    return float(cross_val_score(build_model(parameters), images, labels, cv=folds).mean())


def choose(images: Any, labels: Any, folds: int) -> tuple[dict[str, float], list[dict[str, Any]]]:
    """Return the best parameters and the whole table of scores."""
    grid = list(ParameterGrid({"C": [0.1, 1.0, 10.0], "gamma": [0.001, 0.01, 0.1]}))
    shared = ray.put(images), ray.put(labels)
    scores = ray.get([score.remote(parameters, *shared, folds) for parameters in grid])
    table = [
        {"parameters": parameters, "accuracy": round(value, 6)} for parameters, value in zip(grid, scores, strict=True)
    ]
    for row in table:
        print(
            f"C={row['parameters']['C']:<5} gamma={row['parameters']['gamma']:<6} accuracy={row['accuracy']:.4f}",
            flush=True,
        )
    return max(zip(scores, range(len(grid)), grid, strict=True))[2], table


def main() -> None:
    """Run the training and write metrics.json and model.joblib to the outputs."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--folds", type=int, default=5)
    folds = arguments.parse_args().folds
    started = time.monotonic()
    ray.init(log_to_driver=False, logging_level="warning")
    images, labels = load_digits(return_X_y=True)
    train_x, test_x, train_y, test_y = train_test_split(
        images, labels, test_size=0.25, random_state=SEED, stratify=labels
    )
    parameters, table = choose(train_x, train_y, folds)
    model = build_model(parameters).fit(train_x, train_y)
    predicted = model.predict(test_x)
    outputs = Path(os.environ["HANSA_OUTPUT_DIR"])
    metrics = {
        "samples": {"train": len(train_y), "test": len(test_y)},
        "parameters": parameters,
        "accuracy": round(float(accuracy_score(test_y, predicted)), 6),
        "confusion": confusion_matrix(test_y, predicted).tolist(),
        "search": table,
    }
    (outputs / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n")
    joblib.dump(model, outputs / "model.joblib")
    print(f"accuracy on {len(test_y)} held-out digits: {metrics['accuracy']:.4f} in {time.monotonic() - started:.1f} s")


if __name__ == "__main__":
    main()
