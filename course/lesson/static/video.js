// A local video: native controls, captions by choice, a transcript to jump in, questions on the way.
const EVERY = 15; // seconds between two lines of the record while it plays
const PAUSE = 350; // ms between two pieces: Jupyter drops what comes faster than 1 MB/s

function made(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// The file as Jupyter serves it. The kernel knows the notebook's path, the page knows the root.
async function served(path) {
  const config = document.getElementById("jupyter-config-data");
  if (!config || !path) return "";
  const base = JSON.parse(config.textContent).baseUrl ?? "/";
  const parts = path.split("/").filter(Boolean);
  const here = decodeURIComponent(location.pathname);
  const tails = parts.map((_, place) => parts.slice(place));
  const known = (tail) => tail.length === 1 || here.includes(`/${tail.slice(0, -1).join("/")}/`);
  for (const tail of tails.filter(known)) {
    const url = `${base}files/${tail.map(encodeURIComponent).join("/")}`;
    const reply = await fetch(url, { method: "HEAD" }).catch(() => null);
    if (reply?.ok) return url;
  }
  return "";
}

// The file through the kernel, piece by piece: where the page has no Jupyter behind it.
function sent(model, { size, piece, type }) {
  return new Promise((resolve) => {
    const pieces = [];
    const take = (message, buffers) => {
      if (message.piece !== pieces.length || !buffers?.length) return;
      pieces.push(buffers[0]);
      if (pieces.length * piece < size) return void setTimeout(ask, PAUSE);
      model.off("msg:custom", take);
      resolve(URL.createObjectURL(new Blob(pieces, { type })));
    };
    const ask = () => model.send({ does: "piece", number: pieces.length });
    model.on("msg:custom", take);
    ask();
  });
}

function transcript(about, video) {
  const spoken = about.language ? { lang: about.language } : {};
  const rows = about.cues.map(([start, clock, text]) => {
    const button = made("button", { type: "button" }, made("time", {}, clock), made("span", spoken, text));
    button.addEventListener("click", () => { video.currentTime = start; });
    return { start, button };
  });
  video.addEventListener("timeupdate", () => {
    const now = rows.findLast(({ start }) => start <= video.currentTime);
    for (const row of rows)
      if (row === now) row.button.setAttribute("aria-current", "true");
      else row.button.removeAttribute("aria-current");
  });
  const list = made("ol", {}, ...rows.map(({ button }) => made("li", {}, button)));
  return made("details", {}, made("summary", {}, about.texts.transcript), list);
}

function remember(model, video) {
  let last = 0;
  const tell = () => {
    last = Date.now();
    if (!video.played.length || !Number.isFinite(video.duration)) return;
    const { played, currentTime: position, duration: length } = video;
    const segments = Array.from({ length: played.length }, (_, n) => [played.start(n), played.end(n)]);
    model.send({ does: "watched", position, segments, length });
  };
  video.addEventListener("pause", tell);
  video.addEventListener("ended", tell);
  video.addEventListener("timeupdate", () => {
    if (!video.paused && Date.now() - last > EVERY * 1000) tell();
  });
}

function questions(model, video, el, say) {
  let asked = -1;
  const stop = () => {
    const number = model.get("waiting").findIndex((at) => at >= 0 && video.currentTime >= at);
    if (number < 0) return;
    video.pause();
    video.currentTime = model.get("waiting")[number];
    say(model.get("about").texts.question);
    if (document.fullscreenElement) document.exitFullscreen(); // the question stands below
    if (document.pictureInPictureElement) document.exitPictureInPicture();
    for (const list of el.querySelectorAll("details")) list.open = false;
    el.scrollIntoView({ block: "nearest" });
    if (number !== asked) model.send({ does: "reached", number });
    asked = number;
  };
  const isAnswered = () => asked >= 0 && model.get("waiting")[asked] < 0;
  const open = () => {
    if (!isAnswered()) return;
    if (model.get("wrong")) return say(model.get("about").texts.wrong); // nobody reads why while it talks
    video.play().catch(() => {}); // a browser may ask for a click first
  };
  video.addEventListener("timeupdate", stop);
  video.addEventListener("play", () => {
    stop();
    if (!isAnswered()) return;
    asked = -1;
    say("");
  });
  model.on("change:waiting change:wrong", open);
  return () => model.off("change:waiting change:wrong", open);
}

function render({ model, el }) {
  const about = model.get("about");
  const video = made("video", { controls: "", preload: "metadata", "aria-label": about.label });
  const status = made("p", { role: "status", "aria-live": "polite" });
  const say = (text) => { status.textContent = text; };
  if (about.captions) {
    const src = URL.createObjectURL(new Blob([about.captions], { type: "text/vtt" }));
    const spoken = about.language ? { srclang: about.language } : {}; // unknown is better than wrong
    video.append(made("track", { kind: "captions", label: about.texts.captions, src, ...spoken }));
  }
  el.classList.add("course-video");
  el.append(video, status, ...(about.cues.length ? [transcript(about, video)] : []));
  video.addEventListener("loadedmetadata", () => {
    if (about.position < 1 || about.position > video.duration - 2) return say("");
    video.currentTime = about.position;
    const clock = `${Math.floor(about.position / 60)}:${String(Math.floor(about.position % 60)).padStart(2, "0")}`;
    say(about.texts.resume.replace("{time}", clock));
  }, { once: true });
  video.addEventListener("error", () => say(about.texts.failed));
  const trouble = () => say(model.get("trouble"));
  model.on("change:trouble", trouble);
  remember(model, video);
  const forget = questions(model, video, el, say);
  (async () => {
    let url = await served(about.url);
    if (!url) {
      say(about.texts.loading);
      url = await sent(model, about);
    }
    video.src = url;
  })();
  return () => {
    forget();
    model.off("change:trouble", trouble);
    video.pause();
  };
}

export default { render };
