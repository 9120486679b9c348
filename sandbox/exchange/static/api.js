// The JSON API, asked as the site's own page.
const token = document.querySelector("meta[name=page-token]").content;

export class NoSessionError extends Error {}

export let layout = "";

export async function ask(path, body) {
  const options = { headers: { "X-Page-Token": token } };
  if (body) Object.assign(options, { method: "POST", body: JSON.stringify(body) });
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Error("网络异常,请稍后重试");
  }
  layout = response.headers.get("X-Layout") || "";
  if (response.status === 401) throw new NoSessionError();
  if (response.status >= 500) throw new Error("系统繁忙,请稍后重试");
  return response.json();
}

export async function data(path) {
  const answer = await ask(path);
  if (answer.code !== 0) throw new Error(answer.message);
  return answer.data;
}

export const sessionState = () => data("/api/session");
