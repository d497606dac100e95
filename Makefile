# SPDX-License-Identifier: GPL-2.0
#
# sdwan: an SD-WAN edge for the Linux kernel.  `make help' says what there is.

SHELL := /bin/bash
.DEFAULT_GOAL := all

tree := $(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))

PREFIX ?= /usr
DESTDIR ?=
V ?= 0

# The kernel to build for: the one that runs; if its headers are not there,
# the newest 6.12 that is.
running := $(shell uname -r)
headers := $(wildcard /lib/modules/$(running)/build)
ifeq ($(headers),)
newest := $(shell ls -d /usr/src/linux-headers-6.12*-amd64 2>/dev/null | \
	grep -v -e -cloud- -e -rt- | sort -V | tail -n 1)
headers := $(newest)
endif
KDIR ?= $(headers)

.PHONY: all module tool modules_install install clean help demo
.PHONY: deps check check-long check-static check-kunit check-tool check-vm
.PHONY: check-mutants kernels bench

all: module tool

# Every kernel gets a directory of its own under build/, see selftests/vm/shadow
shadow_name = $(shell $(MAKE) -s --no-print-directory -C $(KDIR) kernelrelease 2>/dev/null | tail -n 1)

module:
ifeq ($(KDIR),)
	@echo "make: there are no headers for the running kernel ($(running))" \
		"and none for 6.12;" >&2
	@echo "make: install linux-headers-$(running), or say KDIR=" >&2
	@false
else
ifneq ($(newest),)
ifeq ($(KDIR),$(newest))
	@echo "make: no headers for the running kernel ($(running));" \
		"building for $(notdir $(newest))"
endif
endif
	@release=$(shadow_name); \
	dir=$(tree)/build/$${release:?KDIR has no kernel headers}; \
	$(tree)/selftests/vm/shadow $(tree) $$dir && \
	$(MAKE) -C $(KDIR) M=$$dir V=$(V) modules && \
	ln -sfn $$release $(tree)/build/module && \
	echo "make: build/$$release/sdwan.ko"
endif

# Debian's headers ask for signatures, and come without the key
unsigned := $(if $(wildcard $(KDIR)/certs/signing_key.pem),,CONFIG_MODULE_SIG_ALL=)

modules_install: module
	@release=$(shadow_name); \
	$(MAKE) -C $(KDIR) M=$(tree)/build/$$release $(unsigned) \
		$(if $(DESTDIR),INSTALL_MOD_PATH=$(DESTDIR)) modules_install

tool:
	$(MAKE) -C $(tree)/tool all

# Only files of ours, under DESTDIR and PREFIX; nothing on the system is edited
install: tool
	$(MAKE) -C $(tree)/tool install DESTDIR=$(DESTDIR) PREFIX=$(PREFIX)

clean:
	rm -rf $(tree)/build
	find $(tree) -name __pycache__ -type d -prune -exec rm -rf {} +

deps:
	@$(tree)/selftests/vm/deps

kernels: deps
	@$(tree)/selftests/vm/kernel 6.12 6.1 um debug um-debug

KERNEL ?= 6.12
T ?=

TRACE ?=
TRACE_SECONDS ?= 120

# With TRACE=DIR the WANs are as the measured links there were
demo:
	@$(tree)/selftests/demo --kernel $(KERNEL) $(if $(TRACE),--trace $(TRACE) --seconds $(TRACE_SECONDS))

check:
	@$(tree)/selftests/check

check-long:
	@$(tree)/selftests/check --long

check-static:
	@$(tree)/selftests/check static

check-kunit:
	@$(tree)/selftests/check --kunit "um debug um-debug" kunit

check-tool:
	@$(tree)/selftests/check tool

check-vm:
	@$(tree)/selftests/run-tests --kernel $(KERNEL) $(T)

check-mutants:
	@$(tree)/selftests/check-mutants $(T)

# A part: BENCH=tx,rx ; more by selftests/bench/run --help
comma := ,
BENCH ?=
bench: deps
	@$(tree)/selftests/vm/deps -i gnuplot-nox
	@$(tree)/selftests/bench/run $(subst $(comma), ,$(BENCH))

help:
	@echo 'Building'
	@echo '  make                 the module and the tool (KDIR=, V=1)'
	@echo '  make module | tool   only one of them'
	@echo '  make modules_install the module, into lib/modules (DESTDIR=)'
	@echo '  make install         tool, ip plugin, man pages, completion,'
	@echo '                       header, systemd unit (DESTDIR=, PREFIX=/usr)'
	@echo '  make clean           remove build/'
	@echo
	@echo 'Trying it out; nothing of this touches the running kernel'
	@echo '  make demo            two sites over three WANs, in a guest'
	@echo '                       (TRACE=DIR: over measured links)'
	@echo
	@echo 'Testing (as root on Debian 12; what is missing is installed)'
	@echo '  make check           all that CI runs: under an hour on 2 cores'
	@echo '  make check-static    warnings, sparse, checkpatch, shellcheck...'
	@echo '  make check-kunit     KUnit suites in User Mode Linux and qemu'
	@echo '  make check-tool      sdwanctl without a kernel'
	@echo '  make check-vm        tests in a guest: KERNEL=6.12|6.1|debug T=name'
	@echo '  make check-long      every test on every kernel, longer'
	@echo '  make check-mutants   do the tests notice mistakes? (T=patch)'
	@echo '  make bench           ns per packet, ours and stock; BENCH=tx,rx'
	@echo '  make kernels         only prepare the guests, in ~/.cache/sdwan'
	@echo
	@echo 'selftests/README has more: one command in a guest, one test, a shell.'
