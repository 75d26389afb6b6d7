# The commands of the project. `make help` lists them.

PROFILE ?= release
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
DESTDIR ?=
CARGO ?= cargo
CC ?= cc

VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
DESCRIPTION := $(shell sed -n 's/^description = "\(.*\)"/\1/p' Cargo.toml)
MAJOR := $(word 1,$(subst ., ,$(VERSION)))
MINOR := $(word 2,$(subst ., ,$(VERSION)))
# The part of the version that changes when the ABI does, as in build.rs.
ABI := $(if $(filter 0,$(MAJOR)),0.$(MINOR),$(MAJOR))
# What a program linked to the static library needs besides it: `rustc --print native-static-libs`, which tests/library/install.rs compares.
NATIVE_STATIC_LIBS := $(shell cat cmake/native-static-libs)

CARGO_TARGET_DIR ?= target
# With PREBUILT=1 the library is taken from OUT as it is there; tests/library/install.rs installs the library under test so.
OUT ?= $(CARGO_TARGET_DIR)/$(if $(filter dev,$(PROFILE)),debug,$(PROFILE))
LIBRARY := $(if $(PREBUILT),,library)
SO := libinterlace.so
CFLAGS ?= -O2 -g
STRICT := -std=c99 -pedantic -Wall -Wextra -Wstrict-prototypes
DEMO_SOURCES := $(wildcard examples-c/interlace_fit*.c)
DEMO_HEADERS := $(wildcard examples-c/*.h)
DEMO := $(if $(DEMO_SOURCES),$(OUT)/interlace-fit)
# The program finds the library beside itself (build tree) and in LIBDIR (installed), wherever the installed tree is moved.
RPATH := -Wl,-rpath,'$$ORIGIN' -Wl,-rpath,'$$ORIGIN/$(shell realpath -m --relative-to='$(PREFIX)/bin' '$(LIBDIR)')'

.PHONY: gallery help build library demo test test-long test-hosts test-hosts-quick test-r test-julia test-scale check header bench bench-full bench-micro bench-hosts wheel install uninstall dist clean tools

help:
	@echo 'make build     the library and interlace-fit, in target/release'
	@echo 'make demo      fit an example with interlace-fit'
	@echo 'make test      all tests'
	@echo 'make test-long the fuzz targets, with a million cases each'
	@echo 'make test-hosts  Arrow data of pyarrow, polars, DuckDB and pandas, which it installs below $(CARGO_TARGET_DIR); data in parts; the packages for Python and Julia'
	@echo 'make test-julia  the Julia package beside interlace-fit, with the julia on the path or that of Debian 11; a part of test-hosts'
	@echo 'make test-hosts-quick  all but the packages for R and Julia, which fetch the most; continuous integration runs it'
	@echo 'make test-r    the R package beside lme4 and others, which it installs with apt-get; a part of test-hosts'
	@echo 'make test-scale  the same with the workers of Dask and Spark'
	@echo 'make stata     the plugin for Stata, with its ado and help files, in $(OUT)/stata'
	@echo 'make test-stata  its tests, in a program that plays Stata; a part of make test-hosts'
	@echo 'make check     formatting and lints'
	@echo 'make header    write include/interlace.h, interlace.hpp, interlace.json, tests/c/symbols.txt and the hosts low-level files anew'
	@echo 'make gallery   draw the pictures of docs/gallery and write its page'
	@echo 'make bench     benchmarks beside other programs, which writes docs/benchmarks.md; minutes; bench-full takes hours'
	@echo 'make bench-micro  the parts of a fit'
	@echo 'make wheel     the Python package, in $(CARGO_TARGET_DIR)/wheels'
	@echo 'make bench-hosts  what a fit costs in C, Python, R and Julia, beside other packages, some of which it installs below $(CARGO_TARGET_DIR)'
	@echo 'make install   into PREFIX ($(PREFIX)) and LIBDIR ($(LIBDIR)), below DESTDIR if that is set'
	@echo 'make uninstall removes it from there'
	@echo 'make dist      an archive that may be unpacked anywhere, and packages of Debian, in $(CARGO_TARGET_DIR)/dist'
	@echo 'make clean     remove what was built'

build: $(LIBRARY) $(DEMO)

# Root, who installs, takes the library as it was built: cargo is seldom on its path, and would leave files of root's in the source tree.
RUST_WANTED := $(shell sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
library:
	@if test -f $(OUT)/$(SO) && { test "$$(id -u)" = 0 && test -n '$(filter install,$(MAKECMDGOALS))' || ! command -v $(CARGO) >/dev/null; }; then \
		echo 'taking $(OUT)/$(SO) as it was built'; \
	elif ! command -v $(CARGO) >/dev/null; then \
		echo 'Rust is missing: interlace needs version $(RUST_WANTED) or later. Get it from https://rustup.rs, or from your system (package cargo) if it is as new;' >&2; \
		echo 'open a new shell afterwards, or run make CARGO=/path/to/cargo' >&2; exit 1; \
	elif ! { echo $(RUST_WANTED); $(CARGO) --version | cut -d' ' -f2; } | sort -CV; then \
		echo "$$($(CARGO) --version) is too old: interlace needs Rust $(RUST_WANTED) or later. With rustup: rustup update; without it: https://rustup.rs" >&2; exit 1; \
	else \
		$(CARGO) build --lib --profile $(PROFILE); \
	fi
	ln -sf $(SO) $(OUT)/$(SO).$(ABI)

$(OUT)/interlace-fit: $(DEMO_SOURCES) $(DEMO_HEADERS) linking/glibc_program.c include/interlace.h | $(LIBRARY)
	$(CC) $(STRICT) $(CFLAGS) -Iinclude $(DEMO_SOURCES) linking/glibc_program.c -o $@ -L$(OUT) -linterlace -lm $(RPATH) $(LDFLAGS)

demo: build
	@test -n "$(DEMO)" || { echo 'make demo: there is no examples-c/interlace_fit.c' >&2; exit 1; }
	$(OUT)/interlace-fit lmm 'score ~ hours_studied + prior_gpa + (1 | student_id) + (1 | school_id)' examples-c/data/quickstart.csv
	@echo
	$(OUT)/interlace-fit lmm 'Reaction ~ Days + (Days | Subject)' examples-c/data/sleepstudy.csv --categorical Subject

# One build, by the profile dev: the tests of C and of the installed tree take the shared library that it makes.
test: tools
	$(CARGO) test

# Debian packages, on a machine whose package lists may never have been fetched. It says so first.
APT = { echo 'installing $(1) with apt-get' >&2; apt-get install -y -q $(1) || { apt-get update -q && apt-get install -y -q $(1); }; } >/dev/null
PIP = { echo 'installing $(1) with pip' >&2; python3 -m pip install -q $(1) >/dev/null 2>&1; }

# What the tests of the installed tree and of the header need besides a C compiler. Nothing is installed where it is there.
tools:
	@command -v $(CC) >/dev/null && command -v c++ >/dev/null || { echo 'make test: a C and a C++ compiler are needed (CC, CXX)' >&2; exit 1; }
	@command -v cmake >/dev/null || $(call APT,cmake) || $(call PIP,cmake) || \
		{ echo 'make test: cmake is missing and could not be installed with apt-get or pip; please install it' >&2; exit 1; }
	@command -v pkg-config >/dev/null || $(call APT,pkg-config) || \
		{ echo 'make test: pkg-config is missing and could not be installed with apt-get; please install it' >&2; exit 1; }
	@python3 -c 'import cffi, pycparser' 2>/dev/null || { $(call PIP,cffi pycparser) && python3 -c 'import cffi, pycparser'; } || \
		{ $(call APT,python3-cffi) && python3 -c 'import cffi, pycparser'; } || \
		{ echo 'make test: cffi and pycparser for python3 are missing and could not be installed with pip or apt-get; please install them' >&2; exit 1; }

# What `make test` does with some thousand random inputs, with a million; with fewer where each is a fit.
test-long:
	INTERLACE_CASES=1000000 $(CARGO) test --release --test fuzz -- --skip arrays::
	INTERLACE_CASES=200000 $(CARGO) test --release --test fuzz arrays::
	INTERLACE_CASES=1000000 $(CARGO) test --release --test every_kind saved::forged
	INTERLACE_CASES=20000 $(CARGO) test --release --test every_kind finite::

# The programs that Arrow data come from, in an environment of their own: about 170 MB to fetch, 600 MB of disk. The library is that of
# `make test`, or another one's path in HOSTS_LIBRARY.
HOSTS := $(CARGO_TARGET_DIR)/hosts
HOSTS_LIBRARY ?=
HOSTS_MADE = $(if $(HOSTS_LIBRARY),true,$(CARGO) test --no-run --test library)
HOSTS_ENV = INTERLACE_LIBRARY='$(abspath $(or $(HOSTS_LIBRARY),$(CARGO_TARGET_DIR)/debug/deps/$(SO)))'
test-hosts: test-hosts-quick test-r test-julia
test-hosts-quick: $(HOSTS)/made test-stata
	$(HOSTS_MADE)
	$(HOSTS_ENV) $(HOSTS)/bin/python -B tests/hosts/arrow.py
	$(HOSTS_ENV) $(HOSTS)/bin/python -B tests/hosts/scale.py
	$(HOSTS_ENV) $(HOSTS)/bin/python -B tests/hosts/python.py
	$(HOSTS_ENV) $(HOSTS)/bin/python -B tests/hosts/python_more.py
	$(HOSTS_ENV) $(HOSTS)/bin/python -B tests/hosts/python_diagnostics.py
	$(HOSTS_ENV) $(HOSTS)/bin/python -B tests/hosts/python_documents.py
	$(HOSTS_ENV) $(HOSTS)/bin/python -B tests/hosts/python_install.py

# Interlace.jl, with the julia on the path, or that of Debian 11 below the folder: 60 MB to fetch, 410 MB of disk.
JULIA := $(CARGO_TARGET_DIR)/hosts-julia
test-julia: $(JULIA)/julia
	$(HOSTS_MADE)
	$(HOSTS_ENV) JULIA='$(abspath $<)' python3 -B tests/hosts/julia.py
$(JULIA)/julia: tests/hosts/julia.sh
	@sh $< $(@D)
	@touch $@

# The R package, beside packages of Debian.
R_PACKAGES := lme4 glmmTMB ordinal emmeans generics jsonlite
R_DEBIAN := r-base-dev r-cran-lme4 r-cran-glmmtmb r-cran-ordinal r-cran-emmeans r-cran-generics r-cran-jsonlite
test-r:
	@Rscript -e 'for (name in strsplit("$(R_PACKAGES)", " ")[[1]]) loadNamespace(name)' >/dev/null 2>&1 || $(call APT,$(R_DEBIAN)) || \
		{ echo 'make test-r: R, or one of its packages $(R_PACKAGES), is missing and could not be installed with apt-get' >&2; exit 1; }
	$(HOSTS_MADE)
	$(HOSTS_ENV) python3 -B tests/hosts/r.py

# The same with Dask and Spark, whose workers accumulate: about 600 MB to fetch, 1.2 GB of disk, and Java.
SCALE := $(CARGO_TARGET_DIR)/hosts-scale
test-scale: $(SCALE)/made
	@command -v java >/dev/null || $(call APT,openjdk-17-jre-headless) || \
		{ echo 'make test-scale: java is missing and could not be installed with apt-get; please install Java 17 or later' >&2; exit 1; }
	$(HOSTS_MADE)
	$(HOSTS_ENV) $(SCALE)/bin/python -B tests/hosts/cluster.py

$(HOSTS)/made: tests/hosts/requirements.txt
$(SCALE)/made: tests/hosts/requirements-scale.txt tests/hosts/requirements.txt
$(HOSTS)/made $(SCALE)/made:
	@rm -rf $(@D)
	@python3 -m venv $(@D) || { $(call APT,python3-venv) && python3 -m venv $(@D); } || \
		{ echo 'make: python3 cannot make a virtual environment in $(@D)' >&2; exit 1; }
	@$(@D)/bin/python -m pip install -q -r $< || { echo 'make: the packages of $< could not be installed with pip' >&2; exit 1; }
	@touch $@

# The plugin for Stata exports two functions, stays in memory, and runs where the shared library does: linking/glibc.c. What is linked where
# is the same for the tests, which take the library of `make test` or of HOSTS_LIBRARY, and have a second plugin with the sanitizers.
STATA_SOURCES := $(wildcard bindings/stata/*.c)
STATA_FILES := bindings/stata/interlace.ado bindings/stata/interlace_p.ado bindings/stata/interlace.sthlp
STATA_LINK := -fPIC -shared -fvisibility=hidden -Wl,--exclude-libs,ALL -Wl,--gc-sections -Wl,-z,nodelete \
	-Wl,--push-state,--no-as-needed,-l:libpthread.so.0,-l:libdl.so.2,--pop-state
# What follows `call` is a directory with the library, and one to build in.
STATA_PLUGIN = $(CC) -std=gnu99 -O2 -ffreestanding -ffunction-sections -fno-lto -fPIC -c linking/glibc.c -o $(2)/glibc.o && \
	$(CC) $(STRICT) -O2 -Iinclude $(STATA_SOURCES) $(2)/glibc.o -o $(2)/interlace.plugin $(1)/libinterlace.a $(NATIVE_STATIC_LIBS) $(STATA_LINK) -Wl,-z,defs -s && \
	rm $(2)/glibc.o
.PHONY: stata test-stata
stata: $(LIBRARY)
	@mkdir -p $(OUT)/stata
	$(call STATA_PLUGIN,$(OUT),$(OUT)/stata)
	cp $(STATA_FILES) $(OUT)/stata/

STATA_TESTS := $(CARGO_TARGET_DIR)/stata-tests
STATA_MADE = $(abspath $(if $(HOSTS_LIBRARY),$(dir $(HOSTS_LIBRARY)),$(CARGO_TARGET_DIR)/debug/deps))
STATA_HOST := bindings/stata/tests/mock.c bindings/stata/tests/session.c
SANITIZE := -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all
LINKED_THERE = -L$(STATA_MADE) -linterlace -lm -Wl,-rpath,$(STATA_MADE)
test-stata:
	$(HOSTS_MADE)
	@mkdir -p $(STATA_TESTS)/sanitized
	ln -sf $(STATA_MADE)/$(SO) $(STATA_TESTS)/$(SO).$(ABI)
	$(call STATA_PLUGIN,$(STATA_MADE),$(STATA_TESTS))
	$(CC) -std=gnu99 -Wall -Wextra -g $(STATA_HOST) -o $(STATA_TESTS)/session -ldl -lm
	$(CC) $(STRICT) -g -Iinclude $(DEMO_SOURCES) -o $(STATA_TESTS)/interlace-fit $(LINKED_THERE) -Wl,-rpath,'$$ORIGIN'
	$(CC) $(STRICT) $(SANITIZE) -Iinclude $(STATA_SOURCES) -o $(STATA_TESTS)/sanitized/interlace.plugin $(STATA_MADE)/libinterlace.a $(NATIVE_STATIC_LIBS) $(STATA_LINK)
	$(CC) -std=gnu99 -Wall -Wextra $(SANITIZE) $(STATA_HOST) -o $(STATA_TESTS)/sanitized/session -ldl -lm
	$(CC) $(STRICT) $(SANITIZE) -Iinclude bindings/stata/tests/translate.c $(filter-out %/plugin.c,$(STATA_SOURCES)) -o $(STATA_TESTS)/translate $(LINKED_THERE) -Wl,-rpath,'$$ORIGIN'
	$(STATA_TESTS)/translate
	for test in stata stata_data stata_predict stata_random stata_page; do for made in $(STATA_TESTS) $(STATA_TESTS)/sanitized; do \
		STATA_TESTS=$$made STATA_PROGRAM=$(STATA_TESTS)/interlace-fit python3 -B tests/hosts/$$test.py || exit 1; done; done

check:
	$(CARGO) fmt --check
	$(CARGO) clippy --all-targets -- -D warnings

# Written first, then looked at by all tests of it.
header:
	INTERLACE_WRITE_HEADER=1 $(CARGO) test -q --test library -- header::the_committed symbols::the_library_exports
	$(CARGO) test -q --test library -- header:: symbols::
	python3 -B bindings/generate.py

# All tasks of benches/tasks.json beside every program that can fit the same, in one run; `bench-full` also has those that take long. The others
# come from apt-get and, in an environment of their own, from pip; what cannot be had is left out. They write BENCH_PAGE.
BENCH_R := r-base-core r-cran-lme4 r-cran-glmmtmb r-cran-ordinal r-cran-survival r-cran-lmertest r-cran-pbkrtest
BENCH_BLAS := libopenblas0-serial
BENCH_PYTHON := glmm gpboost polars
BENCH := $(CARGO_TARGET_DIR)/bench
BENCH_PAGE ?= docs/benchmarks.md
BENCH_CC = $(CC) -std=c99 -D_POSIX_C_SOURCE=200809L $(CFLAGS) -Iinclude
bench bench-full: build $(BENCH)/peers/made
	@Rscript -e 'for (p in c("lme4", "glmmTMB", "ordinal", "survival", "lmerTest", "pbkrtest")) library(p, character.only = TRUE)' >/dev/null 2>&1 || \
		$(call APT,$(BENCH_R)) || echo 'make $@: $(BENCH_R) could not be installed with apt-get' >&2
	@Rscript -e 'quit(status = !grepl("openblas|mkl|blis|atlas", La_library()))' >/dev/null 2>&1 || \
		$(call APT,$(BENCH_BLAS)) || echo 'make $@: $(BENCH_BLAS) could not be installed with apt-get; R has a slow BLAS' >&2
	$(BENCH_CC) benches/fit_repeatedly.c $(filter-out examples-c/interlace_fit.c,$(DEMO_SOURCES)) -o $(OUT)/fit_repeatedly -L$(OUT) -linterlace -lm $(RPATH)
	$(BENCH_CC) benches/infer_repeatedly.c -o $(OUT)/infer_repeatedly -L$(OUT) -linterlace -lm $(RPATH)
	python3 -B benches/bench.py $(OUT) --work $(BENCH) --write $(BENCH_PAGE) $(if $(filter bench-full,$@),--full)

# One after the other: one that has no build for this Python leaves the others.
$(BENCH)/peers/made:
	@mkdir -p $(BENCH)
	@python3 -m venv $(BENCH)/peers || { $(call APT,python3-venv) && python3 -m venv $(BENCH)/peers; } || \
		{ echo 'make bench: python3 cannot make a virtual environment in $(BENCH)/peers' >&2; mkdir -p $(BENCH)/peers; }
	@for package in $(BENCH_PYTHON); do \
		$(BENCH)/peers/bin/python -m pip install -q --only-binary :all: $$package >/dev/null 2>&1 || echo "make bench: $$package could not be installed with pip" >&2; \
	done
	@$(BENCH)/peers/bin/python -c 'import glmm, gpboost, polars' 2>/dev/null && touch $@ || true

# The pictures of docs/gallery, and its page.
gallery: build
	docs/gallery/gallery.sh $(OUT)/interlace-fit

# The parts of a fit, from Rust.
bench-micro:
	$(CARGO) bench --bench micro

# What a fit costs in C, Python, R and Julia, beside lme4, glmmTMB, statsmodels, interlace-lme, and MixedModels.jl where it is installed, in one run, which
# writes the section of BENCH_HOSTS_PAGE. R and its packages are taken where they are there.
BENCH_HOSTS := $(BENCH)/hosts
BENCH_HOSTS_PAGE ?= docs/hosts/README.md
bench-hosts: $(LIBRARY) $(JULIA)/julia
	@test -d $(BENCH_HOSTS) || python3 -m venv $(BENCH_HOSTS) || { echo 'make bench-hosts: python3 cannot make a virtual environment in $(BENCH_HOSTS)' >&2; exit 1; }
	@$(BENCH_HOSTS)/bin/python -m pip install -q -r tests/hosts/requirements.txt statsmodels interlace-lme==0.3.2
	$(BENCH_CC) benches/fit_repeatedly.c $(filter-out examples-c/interlace_fit.c,$(DEMO_SOURCES)) -o $(OUT)/fit_repeatedly -L$(OUT) -linterlace -lm $(RPATH)
	INTERLACE_LIBRARY='$(abspath $(OUT)/$(SO))' FIT_REPEATEDLY='$(abspath $(OUT)/fit_repeatedly)' JULIA='$(abspath $(JULIA)/julia)' \
		$(BENCH_HOSTS)/bin/python -B benches/hosts.py --write $(BENCH_HOSTS_PAGE)

# One wheel for every Python on this platform, with the library inside.
wheel: $(LIBRARY)
	python3 -B bindings/python/backend.py $(OUT)/$(SO) $(CARGO_TARGET_DIR)/wheels

# Where the prefix is, seen from LIBDIR: the installed tree may be moved.
UP = $(shell realpath -m --relative-to='$(LIBDIR)' '$(PREFIX)')
FILL = sed -e 's|@VERSION@|$(VERSION)|' -e 's|@DESCRIPTION@|$(DESCRIPTION)|' -e 's|@NATIVE_STATIC_LIBS@|$(NATIVE_STATIC_LIBS)|' -e 's|@UP@|$(UP)|' \
	-e 's|@INCLUDEDIR@|include|' -e 's|@BINDIR@|bin|'
TREE = $(DESTDIR)$(PREFIX)
LIB = $(DESTDIR)$(LIBDIR)
DOC = $(TREE)/share/doc/interlace

install: build
	@test -n '$(PREBUILT)' || nm -D --defined-only $(OUT)/$(SO) | sed 's/.* //' | LC_ALL=C sort | cmp - tests/c/symbols.txt || \
		{ echo 'make install: the library exports other symbols than tests/c/symbols.txt lists (with PROFILE=dev, one that is for tests)' >&2; exit 1; }
	install -d '$(TREE)/include' '$(LIB)/pkgconfig' '$(LIB)/cmake/interlace' '$(TREE)/share/interlace' '$(DOC)/docs/hosts' '$(DOC)/examples-c/data'
	install -m 644 include/interlace.h include/interlace.hpp '$(TREE)/include/'
	install -m 644 include/interlace.json '$(TREE)/share/interlace/'
	install -m 755 $(OUT)/$(SO) '$(LIB)/$(SO).$(VERSION)'
	ln -sf $(SO).$(VERSION) '$(LIB)/$(SO).$(ABI)'
	ln -sf $(SO).$(ABI) '$(LIB)/$(SO)'
	install -m 644 $(OUT)/libinterlace.a '$(LIB)/'
	$(FILL) cmake/interlace.pc.in > '$(LIB)/pkgconfig/interlace.pc'
	$(FILL) cmake/interlaceConfig.cmake.in > '$(LIB)/cmake/interlace/interlaceConfig.cmake'
	$(FILL) cmake/interlaceConfigVersion.cmake.in > '$(LIB)/cmake/interlace/interlaceConfigVersion.cmake'
	install -m 644 cmake/interlaceTargets.cmake '$(LIB)/cmake/interlace/'
	install -m 644 README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE LICENSE-PNG '$(DOC)/'
	install -m 644 docs/*.md '$(DOC)/docs/'
	install -m 644 docs/hosts/*.md '$(DOC)/docs/hosts/'
	install -m 644 examples-c/*.c examples-c/*.cpp examples-c/*.h examples-c/README.md '$(DOC)/examples-c/'
	install -m 644 examples-c/data/* '$(DOC)/examples-c/data/'
	if test -n '$(DEMO)'; then install -d '$(TREE)/bin' '$(TREE)/share/man/man1' && install -m 755 $(OUT)/interlace-fit '$(TREE)/bin/' && \
		$(FILL) cmake/interlace-fit.1.in | gzip -9nc > '$(TREE)/share/man/man1/interlace-fit.1.gz'; fi
	@test -n '$(DESTDIR)' || echo 'Programs find the library after `ldconfig` (as root) if $(LIBDIR) is one of its directories, or with -Wl,-rpath,$(LIBDIR)'

uninstall:
	rm -f '$(TREE)/include/interlace.h' '$(TREE)/include/interlace.hpp' '$(TREE)/bin/interlace-fit' '$(LIB)/libinterlace.a' '$(LIB)/pkgconfig/interlace.pc' \
		'$(LIB)/$(SO)' '$(LIB)/$(SO).$(ABI)' '$(LIB)/$(SO).$(VERSION)' '$(TREE)/share/man/man1/interlace-fit.1.gz'
	rm -rf '$(LIB)/cmake/interlace' '$(TREE)/share/interlace' '$(DOC)'

# By CMake's rules of installation, which give the tree of `make install`: twice, because Debian has a directory for each platform.
# CMake's own choice for its packages is that of the prefix /usr.
DIST = $(CARGO_TARGET_DIR)/dist
define PACK
	cmake -S . -B '$(DIST)/build' -DCMAKE_BUILD_TYPE=Release '-DINTERLACE_PREBUILT=$(abspath $(OUT))' $(2)
	cmake --build '$(DIST)/build'
	cd '$(DIST)' && cpack -G $(1) --config build/CPackConfig.cmake && rm -rf build _CPack_Packages

endef
dist: build
	@command -v cmake >/dev/null || { echo 'make dist: cmake is needed' >&2; exit 1; }
	rm -rf '$(DIST)'
	$(call PACK,TGZ,-DCMAKE_INSTALL_LIBDIR=lib)
	$(if $(shell command -v dpkg-deb),$(call PACK,DEB,-DCMAKE_INSTALL_PREFIX=/usr))

clean:
	$(CARGO) clean
