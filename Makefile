# Every target here works from a fresh clone. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

JAVA_HOME := $(shell hack/find-jdk.sh)
ifneq ($(MAKECMDGOALS),help)
ifneq ($(MAKECMDGOALS),)
ifeq ($(JAVA_HOME),)
$(error No JDK 25 was found: install one (for example Temurin 25, package temurin-25-jdk), or set JAVA_HOME to where it is)
endif
endif
endif
export JAVA_HOME

MVN := hack/mvn.sh
# The class path of the test sources, for the programs that live there (the demo, the simulator).
RUN_TEST_MAIN := hack/run-test-main.sh
CHART := helm/ec2-quarantine-operator

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | \
	  awk -F '\t' '{printf "  make %-12s ", $$1; gsub(/; /, "\n" sprintf("%20s", "")  , $$2); print $$2}'

.PHONY: demo
demo: ## Play the compromised-instance scene; SCENE=organisation: a storm in two accounts; CLUSTER=envtest: on a real API server; HOLD=1: keep it running
	@hack/build-once.sh
	@$(RUN_TEST_MAIN) io.ec2quarantine.demo.Demo

.PHONY: bench
bench: ## Measure storms of findings and a sweep: seconds and calls of AWS
	@hack/build-once.sh
	@TEST_LOG=ERROR $(RUN_TEST_MAIN) io.ec2quarantine.bench.Bench

.PHONY: test
test: ## Unit, property and whole-operator tests; needs only a JDK 25 and Maven
	@$(MVN) test || { hack/failed-output.sh target/surefire-reports; exit 1; }
	@hack/count-tests.sh target/surefire-reports

.PHONY: test-all
test-all: ## Everything: also the real Kubernetes API server (needs Go) and the aws command line (needs Python)
	@set -e; \
	assets="$$(hack/envtest.sh)"; export KUBEBUILDER_ASSETS="$$assets"; \
	tools="$$(hack/python-tools.sh)"; export PYTHON_TOOLS="$$tools"; \
	helm="$$(hack/helm.sh)"; export HELM="$$helm"; \
	$(MVN) verify || { hack/failed-output.sh target/surefire-reports target/failsafe-reports; exit 1; }; \
	hack/count-tests.sh target/surefire-reports target/failsafe-reports

.PHONY: build
build: ## Build target/ec2-quarantine-operator.jar (run it with java -jar)
	@$(MVN) -DskipTests package
	@echo "target/ec2-quarantine-operator.jar"

.PHONY: chart
chart: ## Take the schemas into the Helm chart, check the chart and render it into target/chart.yaml (needs Go)
	@set -e; \
	helm="$$(hack/helm.sh)"; \
	mkdir -p $(CHART)/schemas target; \
	rm -f $(CHART)/schemas/*; \
	cp crds/*.yaml $(CHART)/schemas/; \
	"$$helm" lint --strict --quiet $(CHART); \
	"$$helm" template ec2-quarantine-operator $(CHART) --namespace ec2-quarantine > target/chart.yaml; \
	echo "target/chart.yaml"

.PHONY: envtest
envtest: ## Provision kube-apiserver, etcd and kubectl; the last line printed is their directory
	@hack/envtest.sh

.PHONY: cluster
cluster: ## Run a real Kubernetes API server with the schemas installed (needs Go the first time)
	@hack/build-once.sh
	@CLUSTER=envtest $(RUN_TEST_MAIN) io.ec2quarantine.testing.ClusterMain

.PHONY: simulator
simulator: ## Run the AWS simulator with the workshop's scene in it (PORT=4566)
	@hack/build-once.sh
	@$(RUN_TEST_MAIN) io.ec2quarantine.sim.SimulatorMain --port $(or $(PORT),4566) --scene workshop

.PHONY: format
format: ## Format the sources
	@$(MVN) spotless:apply

.PHONY: clean
clean: ## Remove what the build made
	@rm -rf target
