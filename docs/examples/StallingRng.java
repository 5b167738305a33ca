import java.time.Duration;
import org.ballastvm.device.Chain;
import org.ballastvm.device.Queue;
import org.ballastvm.device.SimpleVirtio;

/** An entropy source that stalls: each fourth request is answered after a second, the others at once. */
public class StallingRng implements SimpleVirtio {
  @Override
  public int type() { return 4; }

  @Override
  public void ready(Queue queue) {
    for (Chain chain = queue.next(); chain != null; chain = queue.next()) {
      byte[] bytes = new byte[(int) Math.min(chain.writableBytes(), 64)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (chain.number() * 37 + i);
      }
      chain.write(bytes);
      if (chain.number() % 4 == 3) {
        chain.doneAfter(Duration.ofSeconds(1));
      } else {
        chain.done();
      }
    }
  }
}
