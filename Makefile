# pg_statute: build, install and test with PGXS.
#
#   make                     build both extensions
#   make install             install them (PG_CONFIG chooses the server)
#   make installcheck        SQL and isolation tests against a running server
#   make check-core          unit tests of src/core under sanitizers, no server
#   make pages               write doc/cn from the pack's data
#   make fuzz                fuzz the parsers of src/core, FUZZ_SECONDS each
#
# `./dev` calls these targets and brings a private server along.

top := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))

# --- What a new room adds to ------------------------------------------------
# The rooms in the order in which they may use each other, the SQL of the rooms
# in the order of the install script, and the order of the SQL tests (a test
# that is not listed runs after those that are).

ROOMS = core calendar workday deadline quota rulebook duty escalation

SQL_PARTS = \
	src/schema.sql \
	src/calendar/calendar.sql \
	src/calendar/calendar_api.sql \
	src/calendar/iso.sql \
	src/workday/workday.sql \
	src/workday/workday_type.sql \
	src/deadline/convention.sql \
	src/deadline/presets.sql \
	src/deadline/timelimit.sql \
	src/deadline/deadline.sql \
	src/deadline/explain.sql \
	src/quota/quota.sql \
	src/quota/quota_aggregate.sql \
	src/quota/quota_report.sql \
	src/rulebook/rulebook.sql \
	src/rulebook/rule.sql \
	src/rulebook/rulebook_api.sql \
	src/rulebook/pack.sql \
	src/duty/ledger.sql \
	src/duty/row_query.sql \
	src/duty/write.sql \
	src/duty/together.sql \
	src/duty/recurring.sql \
	src/duty/roster.sql \
	src/duty/triggers.sql \
	src/duty/binding.sql \
	src/duty/guard.sql \
	src/duty/backfill.sql \
	src/duty/obligation.sql \
	src/duty/report.sql \
	src/duty/suggest.sql \
	src/escalation/ladder.sql \
	src/escalation/notice.sql \
	src/escalation/purge.sql \
	src/escalation/judgement.sql \
	src/escalation/sweep.sql \
	src/escalation/jobs.sql

REGRESS_ORDER = calendar workday workday_type timelimit deadline quota quota_aggregate quota_report rulebook rulebook_errors

# --- Extensions -------------------------------------------------------------
# A control file is the one place that states a version; test/shell/version.sh
# checks that META.json and CHANGELOG.md agree with it.

EXTENSION  = pg_statute pg_statute_cn
MODULE_big = pg_statute
PGFILEDESC = "pg_statute - regulations that a database enforces by itself"

version_of  = $(shell sed -n "s/^default_version *= *'\(.*\)'.*/\1/p" $(top)/$(1).control)
ENGINE_SQL := pg_statute--$(call version_of,pg_statute).sql
CN_SQL     := pg_statute_cn--$(call version_of,pg_statute_cn).sql
DATA_built  = $(ENGINE_SQL) $(CN_SQL)

SOURCES := $(wildcard $(top)/src/*.c $(ROOMS:%=$(top)/src/%/*.c))
ALL_HEADERS := $(wildcard $(top)/src/*.h $(ROOMS:%=$(top)/src/%/*.h))
OBJS := $(SOURCES:$(top)/%.c=%.o)

PG_CPPFLAGS = -I$(srcdir)/src

# `./dev build` adds -Wall -Wextra -Werror. Switched off again is only what the
# server itself causes:
#   unused-parameter    inline functions of its headers (lib/ilist.h, storage/bufpage.h),
#                       and fcinfo or a hook's parameters, which are as they are given
# and for clang, where the server was built with gcc:
#   ignored-attributes, unknown-warning-option, ignored-optimization-argument
#                       gcc's printf checks and flags, which PGXS hands on
PG_CFLAGS += -Wno-unused-parameter
PG_CFLAGS += $(if $(findstring clang,$(CC)),-Wno-ignored-attributes \
	-Wno-unknown-warning-option -Wno-ignored-optimization-argument)

# --- Tests against a running server -----------------------------------------

OUT = build
found_sql   := $(sort $(notdir $(basename $(wildcard $(top)/sql/*.sql))))
REGRESS     := $(filter $(found_sql),$(REGRESS_ORDER)) $(filter-out $(REGRESS_ORDER),$(found_sql))
ISOLATION   := $(sort $(notdir $(basename $(wildcard $(top)/test/isolation/specs/*.spec))))

REGRESS_PREP   = out-directories
REGRESS_OPTS   = --outputdir=$(OUT)/regress --encoding=UTF8 \
	--load-extension=pg_statute --load-extension=pg_statute_cn
ISOLATION_OPTS = --inputdir=$(srcdir)/test/isolation --outputdir=$(OUT)/isolation \
	--encoding=UTF8 --load-extension=pg_statute --load-extension=pg_statute_cn

EXTRA_CLEAN = build/core build/fuzz build/regress build/isolation build/flags $(DATA_built:=.tmp)

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

.PHONY: pages print-regress out-directories core-tests check-core fuzzers fuzz FORCE
.DELETE_ON_ERROR:

print-regress:
	@echo $(REGRESS)

out-directories:
	@$(MKDIR_P) $(OUT)/regress $(OUT)/isolation

# --- Objects ----------------------------------------------------------------
# Every object depends on every header (PGXS knows of none), and on the
# compiler, its flags and the server it was built for.

$(OBJS) $(OBJS:.o=.bc): $(ALL_HEADERS) build/flags $(top)/Makefile

# building in another directory: make -f .../Makefile
ifneq ($(top),.)
$(shell $(MKDIR_P) $(sort $(dir $(OBJS))))
endif

build/flags: FORCE
	@$(MKDIR_P) build
	@echo '$(VERSION) $(CC) $(subst ','\'',$(CPPFLAGS) $(CFLAGS))' >$@.new
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

# --- Install scripts --------------------------------------------------------
# Built to a temporary name and moved, so that a failed build leaves no half
# script behind that looks finished.

define guard
-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION pg_statute" to load this file. \quit
endef
export guard

$(ENGINE_SQL): $(SQL_PARTS:%=$(top)/%) $(top)/Makefile $(top)/pg_statute.control
	@{ printf '%s\n' "$$guard" && cat $(SQL_PARTS:%=$(top)/%); } >$@.tmp
	mv $@.tmp $@

$(CN_SQL): $(wildcard $(top)/packs/cn/*.* $(top)/packs/cn/*/*.*) $(top)/Makefile $(top)/pg_statute_cn.control
	@sh $(top)/packs/cn/build.sh >$@.tmp
	mv $@.tmp $@

pages:
	sh $(top)/packs/cn/pages.sh $(top)/doc/cn

# --- Core without a server --------------------------------------------------

CORE_C     := $(wildcard $(top)/src/core/*.c)
CORE_OBJS  := $(patsubst $(top)/src/core/%.c,build/core/%.core.o,$(CORE_C))
CORE_TESTS := $(patsubst $(top)/test/core/%.c,build/core/%,$(wildcard $(top)/test/core/test_*.c))
FUZZERS    := $(patsubst $(top)/test/fuzz/%.c,build/fuzz/%,$(wildcard $(top)/test/fuzz/*_fuzz.c))

SANITIZE    = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CORE_CFLAGS = -std=gnu11 -g -O1 -Wall -Wextra -Werror -I$(top)/src -I$(top)/test/core
CORE_DEPS   = $(CORE_C) $(wildcard $(top)/src/core/*.h $(top)/test/core/*.h) $(top)/Makefile

core-tests: $(CORE_TESTS)

build/core/%.core.o: $(top)/src/core/%.c $(CORE_DEPS)
	@$(MKDIR_P) build/core
	$(CC) $(CORE_CFLAGS) $(SANITIZE) -c -o $@ $<

$(CORE_TESTS): build/core/%: $(top)/test/core/%.c $(CORE_OBJS)
	$(CC) $(CORE_CFLAGS) $(SANITIZE) -o $@ $< $(CORE_OBJS) -lm

check-core: core-tests
	@status=0; for t in $(CORE_TESTS); do echo "# $$t"; $$t || status=1; done; exit $$status

# The fuzzers need clang and its runtime (Debian: clang, libclang-rt-dev).
FUZZ_CC      = clang
FUZZ_SECONDS = 20

fuzzers: $(FUZZERS)

$(FUZZERS): build/fuzz/%: $(top)/test/fuzz/%.c $(CORE_DEPS)
	@$(MKDIR_P) build/fuzz
	$(FUZZ_CC) $(CORE_CFLAGS) $(SANITIZE) -fsanitize=fuzzer -o $@ $< $(CORE_C) -lm

fuzz: fuzzers
	@set -e; for f in $(FUZZERS); do \
		echo "# $$f, $(FUZZ_SECONDS) s"; $(MKDIR_P) $$f.corpus; \
		seeds=$(top)/test/fuzz/seeds/$$(basename $$f); \
		if [ ! -d $$seeds ]; then seeds=; fi; \
		$$f -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 -verbosity=0 \
			-artifact_prefix=$$f. $$f.corpus $$seeds; \
	done
