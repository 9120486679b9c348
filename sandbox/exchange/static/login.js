// The door: user name and password, then perhaps a challenge.
import { ask } from "/static/api.js";
import { element } from "/static/dom.js";

export function loginView(again) {
  const error = element("p", { className: "error", role: "alert" });
  const username = element("input", { name: "username", autocomplete: "username", required: true });
  const password = element("input", { name: "password", type: "password", required: true });
  const form = element("form", { className: "login", id: "login-form" },
    element("h1", {}, "会员登录"),
    element("label", {}, "用户名"), username,
    element("label", {}, "密码"), password,
    element("button", { type: "submit" }, "登录"), error);
  onSubmit(form, error, async () => {
    const answer = await ask("/api/login", { username: username.value, password: password.value });
    if (answer.code === 0 || answer.code === 1002) return again();
    error.textContent = answer.message;
  });
  return [form];
}

const questions = {
  characters: "请输入图中字符",
  slider: "请输入滑块应移动到的位置(缺口左边缘,像素)",
  one_time_code: "请输入短信验证码",
};

export function challengeView(kind, again) {
  const error = element("p", { className: "error", role: "alert" });
  const picture = element("img", { id: "challenge-picture", src: `/api/challenge.png?${Date.now()}`, alt: "验证" });
  const answer = element("input", { name: "answer", autocomplete: "off", required: true });
  const form = element("form", { className: "login", id: "challenge-form" },
    element("h1", {}, "安全验证"), picture, element("label", {}, questions[kind]), answer,
    element("button", { type: "submit" }, "确定"), error);
  form.dataset.challenge = kind;
  onSubmit(form, error, async () => {
    const said = await ask("/api/login/challenge", { answer: answer.value });
    if (said.code === 0) return again();
    error.textContent = said.message;
    answer.value = "";
    picture.src = `/api/challenge.png?${Date.now()}`;
  });
  return [form];
}

export async function logOut() {
  await ask("/api/logout", {});
}

function onSubmit(form, error, send) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    error.textContent = "";
    form.setAttribute("aria-busy", "true");
    try {
      await send();
    } catch (problem) {
      error.textContent = problem.message || "会话已失效,请重新登录";
    }
    form.setAttribute("aria-busy", "false");
  });
}
