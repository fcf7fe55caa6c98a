# custodes: make demo | make test. Both do all the set-up on a bare Debian 12 with python3 and make.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q

.PHONY: help demo install test long lint fonts frontend publish-example bundle wheel assets wording bench clean mac-blocks networks armhf debian-test debian-long

help: ## Print what each target does
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## */  make \1|/' | column -t -s '|'

$(BIN)/python:
	@$(PYTHON) tools/setup_venv.py $(VENV)

$(VENV)/.base: requirements/base.txt pyproject.toml | $(BIN)/python
	@echo "installing the base (hash-checked)"
	@$(PIP) install --require-hashes -r requirements/base.txt
	@$(PIP) install --require-hashes -r requirements/build.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q src $(VENV)/lib 2>/dev/null || true
	@touch $@

$(VENV)/.publish: requirements/publish.txt $(VENV)/.base
	@echo "installing what papers in PDF need (hash-checked)"
	@$(PIP) install --require-hashes -r requirements/publish.txt
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.base
	@echo "installing the test tools (hash-checked)"
	@$(PIP) install --require-hashes -r requirements/test.txt
	@touch $@

demo: $(VENV)/.base ## Install the base, assess the bundled example estate, say where the report lies
	@$(BIN)/custodes demo --out report

$(VENV)/.xlsform: requirements/xlsform.txt $(VENV)/.base
	@echo "installing what XLSForm needs (hash-checked)"
	@$(PIP) install --require-hashes -r requirements/xlsform.txt
	@touch $@

$(VENV)/.live: requirements/live.txt $(VENV)/.base
	@echo "installing what listening on an interface needs (hash-checked)"
	@$(PIP) install --require-hashes -r requirements/live.txt
	@touch $@

$(VENV)/.firmware: requirements/firmware.txt $(VENV)/.base
	@echo "installing what firmware needs (hash-checked)"
	@$(PIP) install --require-hashes -r requirements/firmware.txt
	@touch $@

$(VENV)/.plan: requirements/plan.txt $(VENV)/.base
	@echo "installing what plans need (hash-checked)"
	@$(PIP) install --require-hashes -r requirements/plan.txt
	@touch $@

$(VENV)/.service: requirements/service.txt $(VENV)/.base
	@echo "installing what the service needs (hash-checked)"
	@$(PIP) install --require-hashes -r requirements/service.txt
	@touch $@

install: $(VENV)/.publish $(VENV)/.xlsform $(VENV)/.live $(VENV)/.firmware $(VENV)/.plan $(VENV)/.service ## Install the program at .venv/bin/custodes with every extra there is
	@echo "installed: $(BIN)/custodes"

debian-test:
	@$(PYTHON) tools/debian_packages.py chromium fonts-noto-core faketime openssl postgresql postgresql-client iproute2 tcpreplay nfdump \
	  dnsmasq-base unbound bind9 xmlsec1 squashfs-tools lz4 mtd-utils u-boot-tools device-tree-compiler util-linux-extra cpio openjdk-17-jre-headless

lint: $(VENV)/.test ## Style, types and the import contract
	@$(BIN)/ruff check src tests tools bench
	@$(BIN)/ruff format --check -q src tests tools bench
	@$(BIN)/mypy
	@PATH=$(CURDIR)/$(BIN):$$PATH $(BIN)/lint-imports --no-cache

armhf: $(VENV)/.base debian-test
	@$(BIN)/python tools/armhf_packages.py

test: $(VENV)/.test $(VENV)/.fonts $(VENV)/.frontend debian-test armhf lint ## Install what is needed and run every test
	@$(BIN)/custodes knowledge check
	@$(BIN)/python -m pytest -n auto -m "not long"

debian-long: debian-test
	@$(PYTHON) tools/debian_packages.py libreoffice-calc-nogui libreoffice-writer-nogui python3-uno nmap avahi-daemon dbus tshark \
	  debootstrap debian-archive-keyring libmagic1 lzop p7zip-full diffoscope-minimal

$(VENV)-peer/.done: requirements/peer.txt
	@echo "installing a third-party camera to be found (hash-checked, an environment of its own)"
	@$(PYTHON) tools/setup_venv.py $(VENV)-peer
	@$(VENV)-peer/bin/python -m pip --disable-pip-version-check -q install --require-hashes -r requirements/peer.txt
	@touch $@

$(VENV)-deep/.done: requirements/deep.txt
	@echo "installing unblob (hash-checked, an environment of its own)"
	@$(PYTHON) tools/setup_venv.py $(VENV)-deep
	@$(VENV)-deep/bin/python -m pip --disable-pip-version-check -q install --require-hashes -r requirements/deep.txt
	@touch $@

$(VENV)-cve/.done: requirements/cve.txt
	@echo "installing cve-bin-tool to be measured beside (hash-checked, an environment of its own)"
	@$(PYTHON) tools/setup_venv.py $(VENV)-cve
	@$(VENV)-cve/bin/python -m pip --disable-pip-version-check -q install --require-hashes -r requirements/cve.txt
	@touch $@

$(VENV)-check/.done: requirements/check.txt
	@echo "installing the validators of others' formats (hash-checked, an environment of its own)"
	@$(PYTHON) tools/setup_venv.py $(VENV)-check
	@$(VENV)-check/bin/python -m pip --disable-pip-version-check -q install --require-hashes -r requirements/check.txt
	@touch $@

long: $(VENV)/.test $(VENV)-deep/.done $(VENV)-check/.done debian-long armhf $(VENV)-peer/.done $(VENV)-train/.done ## What takes minutes to hours: many more generated cases, the offline bundle, a clean wheel
	@PATH=$(CURDIR)/$(VENV)-deep/bin:$$PATH CUSTODES_LONG=1 $(BIN)/python -m pytest -n auto

wheel: $(VENV)/.base ## Build the wheel into dist/
	@rm -rf build && $(PIP) wheel --no-deps --no-build-isolation -w dist . && ls dist

$(VENV)/.fonts: tools/build_fonts.py src/custodes/publication/papers/print.py $(VENV)/.publish
	@echo "fetching the fonts that papers are set in"
	@$(BIN)/python tools/build_fonts.py
	@touch $@

fonts: $(VENV)/.fonts ## Fetch the fonts that papers in PDF are set in, for the wheel (from Debian's packages)

FRONTEND = govuk-frontend@6.3.0

$(VENV)/.frontend: tools/build_frontend.py $(VENV)/.base
	@command -v npm >/dev/null || $(PYTHON) tools/debian_packages.py npm
	@echo "fetching the style sheet of the service's pages"
	@mkdir -p build/frontend
	@file=$$(npm pack --silent --pack-destination build/frontend $(FRONTEND)) && \
	  $(BIN)/python tools/build_frontend.py build/frontend/$$file
	@touch $@

frontend: $(VENV)/.frontend ## Fetch the style sheet of the service's pages, for the wheel (from its registry package)

publish-example: $(VENV)/.fonts ## Publish the 2022 survey into published/: pages, tables, report, proof; then check it
	@$(BIN)/custodes publish examples/survey-2022 --out published
	@$(BIN)/custodes verify published

bundle: fonts frontend wheel ## An offline zip with checksums for 64-bit Windows and Linux
	@$(BIN)/python tools/make_bundle.py

assets: mac-blocks networks ## Rebuild the tables of the pack from public listings (DATE=YYYY-MM-DD of the MAC listing)

mac-blocks: $(VENV)/.base
	@$(PYTHON) -m venv $(VENV)-assets && $(VENV)-assets/bin/pip -q install --require-hashes -r requirements/assets.txt
	@PYTHONPATH=$$(echo $(VENV)-assets/lib/python3*/site-packages) $(BIN)/python tools/build_mac_blocks.py $(DATE)

NETWORKS = asn asn-country geo-whois-asn-country dbip-country iptoasn-country-mmdb

networks: $(VENV)/.base
	@command -v npm >/dev/null || { echo "npm is needed to fetch the tables of networks: install the package npm"; exit 1; }
	@mkdir -p build/networks
	@for name in $(NETWORKS); do \
	  echo "fetching $$name"; mkdir -p build/networks/$$name; \
	  file=$$(npm pack --silent --pack-destination build/networks @ip-location-db/$$name) || exit 1; \
	  tar -xzf build/networks/$$file -C build/networks/$$name --strip-components=1 || exit 1; \
	done
	@$(BIN)/python tools/build_networks.py build/networks

$(VENV)-train/.done: requirements/train.txt
	@echo "installing what learning needs (hash-checked, an environment of its own)"
	@$(PYTHON) tools/setup_venv.py $(VENV)-train
	@$(VENV)-train/bin/python -m pip --disable-pip-version-check -q install --require-hashes -r requirements/train.txt
	@touch $@

wording: $(VENV)/.base $(VENV)-train/.done ## Learn the wording of replies to requests again from the labelled ones
	@PYTHONPATH=$$(echo $(VENV)-train/lib/python3*/site-packages) $(BIN)/python tools/train_foi.py

bench: $(VENV)/.test $(VENV)/.fonts $(VENV)/.frontend $(VENV)-peer/.done $(VENV)-deep/.done $(VENV)-cve/.done debian-long armhf ## Speed and memory beside peers, outputs compared first
	@$(BIN)/python tools/armhf_packages.py --bench
	@$(BIN)/python bench/all.py --seed 1 --peers $(VENV)-peer/bin --deep $(VENV)-deep/bin:$(VENV)-cve/bin

clean: ## Remove what was built
	@rm -rf $(VENV) $(VENV)-assets $(VENV)-peer $(VENV)-train $(VENV)-deep $(VENV)-cve build dist report published .pytest_cache .mypy_cache .ruff_cache .hypothesis
