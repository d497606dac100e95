# SPDX-License-Identifier: GPL-2.0
#
# What has been seen.

title "Summary"
if [ $trouble != 0 ]; then
	echo "$trouble of the things promised did not happen."
	exit 1
fi
if [ -z "${SDWAN_X_TRACE:-}" ]; then
	printf '%s\n' "$MB MB each way intact, $lost of $(jq -r .sent \
		"$dir/stream") packets lost and a gap of $gap ms when the fibre was cut." \
		"When it swallowed packets in silence, $hole ms of them were lost." \
		"While one WAN grew slow and another one swallowed packets, $live of $(jq -r .sent \
		"$dir/live") arrived, by $moves moves."
fi
echo "Everything that was promised has been seen."
exit 0
