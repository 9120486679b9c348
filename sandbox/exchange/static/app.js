// Hash routes of the single page. While a route is being drawn the view is aria-busy; when it is
// done, data-route names what is shown, so that nobody takes the page before for the page asked for.
import { NoSessionError, sessionState } from "/static/api.js";
import { acceptorView, accountView, announcementView, announcementsView } from "/static/views.js";
import { challengeView, loginView, logOut } from "/static/login.js";

const view = document.getElementById("view");
let drawing = 0;

const routes = [
  [/^\/announcements$/, announcementsView],
  [/^\/announcement\/([\w-]+)$/, announcementView],
  [/^\/acceptor$/, acceptorView],
  [/^\/account\/([\w-]+)$/, accountView],
];

async function draw() {
  const turn = ++drawing;
  const wanted = location.hash.slice(1) || "/announcements?page=1";
  view.setAttribute("aria-busy", "true");
  const [content, shown] = await contentOf(wanted);
  if (turn !== drawing) return;
  view.replaceChildren(...content);
  view.dataset.route = shown;
  view.setAttribute("aria-busy", "false");
}

async function contentOf(wanted) {
  try {
    const state = await sessionState();
    document.getElementById("account").textContent = state.account ? `${state.account} 退出` : "";
    if (state.state === "out") return [loginView(draw), "/login"];
    if (state.state === "challenge") return [challengeView(state.challenge, draw), "/challenge"];
    const [path, query] = wanted.split("?");
    if (path === "/logout") { await logOut(); return [loginView(draw), "/login"]; }
    if (path === "/login") { location.replace("#/announcements?page=1"); return contentOf("/announcements?page=1"); }
    for (const [pattern, render] of routes) {
      const match = path.match(pattern);
      if (match) return [await render(new URLSearchParams(query), ...match.slice(1)), wanted];
    }
    return [[Object.assign(document.createElement("p"), { textContent: "页面不存在" })], wanted];
  } catch (error) {
    if (error instanceof NoSessionError) return [loginView(draw), "/login"];
    const message = Object.assign(document.createElement("p"), { className: "error", textContent: error.message });
    return [[message], "/error"];
  }
}

window.addEventListener("hashchange", draw);
draw();
