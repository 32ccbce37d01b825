// A JupyterLab extension by hand, in the form that its loader expects of webpack's module federation:
// https://jupyterlab.readthedocs.io/en/stable/extension/extension_dev.html#prebuilt-extensions
(() => {
  const COMMAND = "course:desk";
  const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 22 22" width="16"><g class="jp-icon3" fill="#616161">
<path d="M4 2h10a2 2 0 0 1 2 2v5h-2V4H4v14h6v2H4a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2z"/><path d="M6 7h6v1.6H6zM6 11h5v1.6H6z"/>
<path d="m13.5 19.6-3.1-3.1 1.3-1.3 1.8 1.8 4.8-4.8 1.3 1.3z"/></g></svg>`;
  let shared = {};

  // Notebook 7 has no launcher: what is not shared is not asked for.
  const load = async (name) => (shared[name] ? (await Object.values(shared[name])[0].get())() : {});

  const plugin = async () => {
    const [{ PageConfig }, { ILauncher }, { ICommandPalette }, { IMainMenu }, { LabIcon }] = await Promise.all([
      "@jupyterlab/coreutils", "@jupyterlab/launcher", "@jupyterlab/apputils", "@jupyterlab/mainmenu", "@jupyterlab/ui-components",
    ].map(load));
    const wanted = [ILauncher, ICommandPalette, IMainMenu].filter(Boolean);
    return {
      id: "course-desk:plugin",
      autoStart: true,
      optional: wanted,
      activate: (app, ...found) => {
        if (PageConfig.getOption("courseDesk") !== "true") return;
        const of = (token) => found[wanted.indexOf(token)];
        app.commands.addCommand(COMMAND, {
          label: "Grading desk",
          caption: "Mark answers of this course by question",
          icon: new LabIcon({ name: COMMAND, svgstr: ICON }),
          execute: () => { window.open(`${PageConfig.getBaseUrl()}course/`, "_blank", "noopener"); },
        });
        of(ILauncher)?.add({ command: COMMAND, category: "Other", rank: 0 });
        of(ICommandPalette)?.addItem({ command: COMMAND, category: "Course" });
        of(IMainMenu)?.fileMenu.addGroup([{ command: COMMAND }], 30);
      },
    };
  };

  window._JUPYTERLAB ??= {};
  window._JUPYTERLAB["course-desk"] = {
    init: (scope) => { shared = scope; },
    get: async () => {
      const made = await plugin();
      return () => ({ __esModule: true, default: made });
    },
  };
})();
