// A JupyterLab extension by hand, in the form that its loader expects of webpack's module federation:
// https://jupyterlab.readthedocs.io/en/stable/extension/extension_dev.html#prebuilt-extensions
(() => {
  const EVERY = 250; // ms: a save is to be seen within a second
  let shared = {};

  const load = async (name) => (await Object.values(shared[name])[0].get())();

  const sources = (notebook) => new Map(notebook.widgets.map((cell) => [cell.model.id, cell.model.sharedModel.getSource()]));

  // What was typed and computed since the last build or save goes into the new one where the cell did not change.
  async function reload(panel, built) {
    const notebook = panel.content;
    const active = notebook.activeCell?.model.id;
    const scroller = notebook.node.querySelector(".jp-WindowedPanel-outer") ?? notebook.node;
    const top = scroller.scrollTop;
    const before = new Map(notebook.widgets.map(({ model }) => [model.id, {
      text: model.sharedModel.getSource(), outputs: model.outputs?.toJSON(), times: model.executionCount,
    }]));
    await panel.context.revert();
    const fresh = sources(notebook);
    for (const { model } of notebook.widgets) {
      const mine = before.get(model.id);
      if (!mine || fresh.get(model.id) !== built.get(model.id)) continue;
      if (mine.text !== fresh.get(model.id)) model.sharedModel.setSource(mine.text);
      if (mine.outputs?.length) {
        model.outputs.fromJSON(mine.outputs);
        model.executionCount = mine.times;
      }
    }
    const place = notebook.widgets.findIndex((cell) => cell.model.id === active);
    if (place >= 0) notebook.activeCellIndex = place;
    requestAnimationFrame(() => { scroller.scrollTop = top; });
    return fresh;
  }

  async function look(app, panel, known) {
    const context = panel.context;
    if (!context.isReady || known.busy) return;
    known.busy = true;
    try {
      known.built ??= sources(panel.content);
      const onDisk = await app.serviceManager.contents.get(context.path, { content: false });
      if (onDisk.last_modified !== context.contentsModel?.last_modified) {
        known.built = await reload(panel, known.built);
      }
    } catch (error) {
      console.warn("course preview: not seen this time", error); // while it is being written, say
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
        if (!all.has(panel)) {
          const known = {};
          all.set(panel, known);
          panel.context.saveState.connect((_, state) => {
            if (state === "completed") known.built = sources(panel.content);
          });
        }
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
