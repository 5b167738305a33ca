package org.ballastvm.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the pages for people show and link is there. */
class PagesTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#]+)[^)]*\\)");

  static List<Path> pages() throws IOException {
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      return Stream.concat(Stream.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md").map(ROOT::resolve),
          docs.filter(page -> page.toString().endsWith(".md"))).toList();
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void linksLeadToFiles(Path page) throws IOException {
    LINK.matcher(Files.readString(page)).results().map(link -> page.resolveSibling(link.group(1)))
        .forEach(file -> assertTrue(Files.exists(file), () -> page + " links " + file + ", which is not there"));
  }

  @Test
  void theReadmeLinksEveryPage() throws IOException {
    String readme = Files.readString(ROOT.resolve("README.md"));
    assertEquals(List.of(), pages().stream().map(page -> ROOT.relativize(page).toString())
        .filter(page -> !page.equals("README.md") && !readme.contains("(" + page + ")")).toList());
  }

  /** Line breaks are the formatter's business. */
  private static String withoutLayout(String text) {
    return text.replaceAll("\\s+", "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "docs/testing.md"})
  void theTestThatIsShownIsOneThatRuns(String page) throws IOException {
    String source = Files.readString(Path.of("src/test/java/org/ballastvm/testkit/SampleIT.java"));
    String sample = withoutLayout(source.substring(source.indexOf("@GuestTest")));
    assertTrue(withoutLayout(Files.readString(ROOT.resolve(page))).contains(sample), page + " shows another test");
  }
}
