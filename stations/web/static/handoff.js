/* Handing over to a navigation app, or to a group chat: a dialog of links and texts to copy. */
(() => {
  "use strict";

  const { page, say, element } = window.Stations;
  const LINK_KEYS = ["amap", "tencent", "geo", "baidu"];
  const dialog = document.getElementById("hand-off");
  const title = document.getElementById("hand-off-title");
  const body = document.getElementById("hand-off-body");

  /** A button that copies `text`; where the browser refuses, the text itself to be selected. */
  function copyButton(words, text) {
    const button = element("button", { type: "button", class: "button" }, words);
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(text);
        button.textContent = say("page.copied");
      } catch {
        button.replaceWith(element("p", { class: "copy-text" }, say("page.copy_failed", { text })));
      }
    });
    return button;
  }

  function linkRows(found) {
    const rows = element("div", { class: "links" });
    if (/MicroMessenger/i.test(navigator.userAgent)) rows.append(element("p", {}, say("page.wechat_note")));
    for (const key of LINK_KEYS) {
      const href = found.links[key];
      if (!href || !/^(https|geo):/.test(href)) continue;
      rows.append(element("a", { class: "button", href, target: key === "geo" ? null : "_blank", rel: "noopener noreferrer" },
        say(`page.${key}`), key === "baidu" ? element("small", {}, say("page.baidu_note")) : null));
    }
    rows.append(copyButton(say("page.copy"), [found.name, found.township, found.address].filter(Boolean).join(" ")));
    return rows;
  }

  /** Offer the ways to `found`; in a sample region only after saying that nothing is there. */
  function open(found) {
    title.textContent = say("page.navigate_to", { name: found.name });
    const links = linkRows(found);
    if (page.sample) {
      const goOn = element("button", { type: "button", class: "button" }, say("page.go_on"));
      goOn.addEventListener("click", () => {
        body.replaceChildren(links);
        links.querySelector("a, button").focus();
      });
      body.replaceChildren(element("p", {}, say("page.sample_ask")), goOn);
    } else {
      body.replaceChildren(links);
    }
    dialog.showModal();
  }

  if (dialog) {
    document.getElementById("hand-off-close").addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
  }

  window.Stations.handOff = { open, copyButton };
})();
