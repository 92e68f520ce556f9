// Calls to our own service; nothing else is ever asked. A failed call throws an Error whose message is for the reader.
async function call(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Error("The service cannot be reached. Check that it is running.");
  }
  if (response.ok) return response;
  const answer = await response.json().catch(() => null);
  throw new Error(answer?.error?.message ?? `The service answered with status ${response.status}.`);
}

const json = (body) => ({ method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

export const analyse = async (text) => (await call("/v1/analyze", json({ text, offset_unit: "utf16" }))).json();
export const taxonomy = async () => (await call("/v1/taxonomy")).json();
export const saveDocx = async (text) => (await call("/v1/documents/docx", json({ text }))).blob();

export async function openDocument(file) {
  const form = new FormData();
  form.append("file", file);
  return (await call("/v1/documents", { method: "POST", body: form })).json();
}
