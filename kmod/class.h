/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: kinds of traffic
 */
#ifndef _SDWAN_CLASS_H
#define _SDWAN_CLASS_H

#include "object.h"

struct sdwan_class *sdwan_class_find(struct sdwan_change *chg,
				     unsigned int attr);

#endif /* _SDWAN_CLASS_H */
