// The stream of this browser. live({since, news, board, gap, state}) calls back:
//   news(body, id)  new and changed transactions, moves of staff: body.new, .changed, .staff, .figures
//   board(body)     how points and alerts stand: body.figures, .looks, .alerts, .clock; how many watch: .crowd
//   gap()           too much was missed: read everything again
//   state(name)     "open", "lost" or "signed-out"

/** Join the stream behind a place, through the worker that all tabs share. */
export function live({ since, ...callbacks }) {
  const port = connect();
  port.onmessage = ({ data }) => {
    if (data.type === "state") callbacks.state?.(data.state);
    else if (data.type === "gap") callbacks.gap?.();
    else callbacks[data.type]?.(JSON.parse(data.data), data.id);
  };
  port.postMessage({ type: "join", since });
  addEventListener("pagehide", () => port.postMessage({ type: "leave" }));
  // Back from the browser's memory, where nothing was heard.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  // Somebody signed out in another tab.
  new BroadcastChannel("pos-sim").onmessage = () => location.reload();
}

function connect() {
  const url = new URL("./live-worker.js", import.meta.url);
  if ("SharedWorker" in globalThis) {
    const port = new SharedWorker(url, { type: "module", name: "pos-sim" }).port;
    port.start();
    return port;
  }
  // A browser without shared workers has one stream a tab.
  const { port1, port2 } = new MessageChannel();
  import(url).then((worker) => worker.join(port2));
  return port1;
}
