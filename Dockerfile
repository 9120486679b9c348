# One image for every leaseflow process: `docker build -t leaseflow .`
FROM python:3.11-slim

# chromium: the robot and the PDF report; libatomic1: Playwright's driver
RUN apt-get update \
    && apt-get install -y --no-install-recommends chromium fonts-noto-cjk libatomic1 \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /opt/leaseflow
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock

COPY pyproject.toml README.md LICENSE ./
COPY models models
COPY workflows workflows
COPY activities activities
COPY workers workers
COPY console console
COPY cli cli
# not used in production; pyproject.toml names it as part of the distribution
COPY sandbox sandbox
RUN pip install --no-cache-dir --no-deps --no-build-isolation -e .

RUN useradd --create-home --uid 10001 leaseflow
USER leaseflow
WORKDIR /home/leaseflow
# the second and third: memory of pictures goes back to the machine when they are read
ENV PYTHONUNBUFFERED=1 MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=4194304

CMD ["leaseflow", "--help"]
