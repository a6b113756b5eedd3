import java.util.Arrays;

/// Allocates, sorts and looks up for ever, and tells every tenth of a second how often.
class Work {
  public static void main(String[] args) {
    long told = System.nanoTime();
    long rounds = 0;
    int[] numbers = new int[2000];
    while (true) {
      int seed = (int) rounds;
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = seed = seed * 1664525 + 1013904223;
      }
      int[] sorted = numbers.clone();
      Arrays.sort(sorted);
      rounds += 1 + (Arrays.binarySearch(sorted, numbers[7]) >>> 31);
      if (System.nanoTime() - told > 100_000_000) {
        told = System.nanoTime();
        System.out.println(rounds);
      }
    }
  }
}
