package org.ballastvm.virtio.mem;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlugBitmapTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 63, 64, 65, 128, 1000})
  void itIsASetOfBlocks(int size) {
    Random random = new Random(size);
    PlugBitmap bitmap = new PlugBitmap(size);
    BitSet model = new BitSet(size);
    for (int step = 0; step < 5000; step++) {
      String where = "size " + size + ", step " + step;
      int first = random.nextInt(size);
      int count = 1 + random.nextInt(size - first);
      boolean plugged = random.nextBoolean();
      int clear = model.nextClearBit(first);
      int set = model.nextSetBit(first);
      assertEquals(Math.min(clear, first + count), bitmap.next(false, first, first + count), where);
      assertEquals(set < 0 ? first + count : Math.min(set, first + count), bitmap.next(true, first, first + count),
          where);
      assertEquals(model.get(first, first + count).cardinality() == count, bitmap.isAll(true, first, count), where);
      assertEquals(model.get(first, first + count).isEmpty(), bitmap.isAll(false, first, count), where);
      if (count < 1 + size / 4) {
        model.set(first, first + count, plugged);
        bitmap.set(plugged, first, count);
      }
      assertEquals(model.cardinality(), bitmap.count(), where);
      assertEquals(model.get(first), bitmap.get(first), where);
    }
  }
}
