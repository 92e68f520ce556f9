"""The batch command as a job: `spark-submit spark_job.py INPUT... --output DIR` with the flags of `secondstory batch`."""

import sys

from service.cli import main

if __name__ == "__main__":
    sys.argv[1:1] = ["batch", "--engine", "spark"]
    main()
