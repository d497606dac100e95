/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdwan: version of the module
 */
#ifndef _SDWAN_VERSION_H
#define _SDWAN_VERSION_H

#define SDWAN_VERSION	"0.1.0"

#endif /* _SDWAN_VERSION_H */
