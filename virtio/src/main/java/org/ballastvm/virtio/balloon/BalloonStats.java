package org.ballastvm.virtio.balloon;

import java.util.Map;

/**
 * What a guest has reported of its memory.
 *
 * @param lastUpdateSeconds when it reported, in seconds since 1970; 0 if it has not
 * @param values every one there is, in their order, unsigned; {@link BalloonStat#UNSET} for what it did not report
 */
public record BalloonStats(long lastUpdateSeconds, Map<BalloonStat, Long> values) {}
