// SPDX-License-Identifier: GPL-2.0
/*
 * sdwan: tracepoints, made
 */
#include <linux/module.h>

#define CREATE_TRACE_POINTS
#include "trace.h"
