// A JupyterLab extension by hand, in the form that its loader expects of webpack's module federation:
// https://jupyterlab.readthedocs.io/en/stable/extension/extension_dev.html#prebuilt-extensions
(() => {
  const EVERY = 400; // ms: a save is to be seen within a second
  let shared = {};

  const load = async (name) => (await Object.values(shared[name])[0].get())();

  const sources = (notebook) => new Map(notebook.widgets.map((cell) => [cell.model.id, cell.model.sharedModel.getSource()]));

  // What was typed since the last save goes into the new version where the cell did not change.
  async function reload(panel, saved) {
    const notebook = panel.content;
    const active = notebook.activeCell?.model.id;
    const scroller = notebook.node.querySelector(".jp-WindowedPanel-outer") ?? notebook.node;
    const top = scroller.scrollTop;
    const typed = [...sources(notebook)].filter(([id, text]) => saved.has(id) && saved.get(id) !== text);
    await panel.context.revert();
    const fresh = sources(notebook);
    for (const [id, text] of typed) {
      if (fresh.get(id) === saved.get(id)) {
        notebook.widgets.find((cell) => cell.model.id === id).model.sharedModel.setSource(text);
      }
    }
    const place = notebook.widgets.findIndex((cell) => cell.model.id === active);
    if (place >= 0) notebook.activeCellIndex = place;
    requestAnimationFrame(() => { scroller.scrollTop = top; });
  }

  async function look(app, panel, known) {
    const context = panel.context;
    if (!context.isReady || known.busy) return;
    known.busy = true;
    try {
      const onDisk = await app.serviceManager.contents.get(context.path, { content: false });
      known.saved ??= sources(panel.content);
      if (onDisk.last_modified !== context.contentsModel?.last_modified) {
        await reload(panel, known.saved);
        known.saved = sources(panel.content);
      } else if (context.model.dirty) {
        await context.save();
        known.saved = sources(panel.content);
      }
    } catch (error) {
      console.warn("course preview: not seen this time", error); // between two renames, or while saving
    } finally {
      known.busy = false;
    }
  }

  const plugin = (INotebookTracker) => ({
    id: "course-preview:plugin",
    autoStart: true,
    requires: [INotebookTracker],
    activate: (app, tracker) => {
      const all = new WeakMap();
      setInterval(() => tracker.forEach((panel) => {
        if (!all.has(panel)) all.set(panel, {});
        look(app, panel, all.get(panel));
      }), EVERY);
    },
  });

  window._JUPYTERLAB ??= {};
  window._JUPYTERLAB["course-preview"] = {
    init: (scope) => { shared = scope; },
    get: async () => {
      const { INotebookTracker } = await load("@jupyterlab/notebook");
      return () => ({ __esModule: true, default: plugin(INotebookTracker) });
    },
  };
})();
