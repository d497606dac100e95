// SPDX-License-Identifier: GPL-2.0
/*
 * sdwanctl: what a netdevice has dropped, by cause: the counters of ethtool -S
 */
#include <errno.h>
#include <linux/ethtool.h>
#include <stdlib.h>
#include <string.h>

#include "sdwanctl.h"

/* More than any driver has of them. */
#define STATS_MAX 4096

static int read_names(const char *dev, struct ethtool_gstrings **names)
{
	struct ethtool_drvinfo info = { .cmd = ETHTOOL_GDRVINFO };
	int ret = transport->ethtool(dev, &info);

	if (ret)
		return ret;
	if (info.n_stats > STATS_MAX)
		return -EMSGSIZE;
	*names = calloc(1, sizeof(**names) + info.n_stats * ETH_GSTRING_LEN);
	if (!*names)
		return -ENOMEM;
	(*names)->cmd = ETHTOOL_GSTRINGS;
	(*names)->string_set = ETH_SS_STATS;
	(*names)->len = info.n_stats;
	return transport->ethtool(dev, *names);
}

static int read_values(const char *dev, uint32_t n,
		       struct ethtool_stats **values)
{
	*values = calloc(1, sizeof(**values) + n * sizeof(uint64_t));
	if (!*values)
		return -ENOMEM;
	(*values)->cmd = ETHTOOL_GSTATS;
	(*values)->n_stats = n;
	return transport->ethtool(dev, *values);
}

static bool is_drop(const char *name)
{
	return !strncmp(name, "tx_drop_", 8) || !strncmp(name, "rx_drop_", 8);
}

/* Add one object for each cause: a copy of @dev with name and value. */
int ethtool_drops(const json_t *dev, json_t *list)
{
	struct ethtool_gstrings *names = NULL;
	struct ethtool_stats *values = NULL;
	const char *ifname = obj_str(dev, "dev");
	uint32_t i;
	int ret;

	ret = read_names(ifname, &names);
	if (!ret)
		ret = read_values(ifname, names->len, &values);
	for (i = 0; !ret && i < names->len && i < values->n_stats; i++) {
		char name[ETH_GSTRING_LEN + 1] = { 0 };
		json_t *one;

		memcpy(name, names->data + i * ETH_GSTRING_LEN,
		       ETH_GSTRING_LEN);
		if (!is_drop(name))
			continue;
		one = json_copy((json_t *)dev);
		json_object_set_new(one, "name", json_string(name));
		json_object_set_new(one, "value",
				    json_integer((json_int_t)values->data[i]));
		json_array_append_new(list, one);
	}
	free(names);
	free(values);
	return ret;
}
