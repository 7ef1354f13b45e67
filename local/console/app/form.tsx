import { type FormEvent, useEffect, useRef, useState } from "react";
import type { Filled, ShownView, SlackAnswer } from "../state.ts";
import { Blocks } from "./blocks.tsx";
import { type Field, readField, textOf } from "./fields.ts";
import { send } from "./send.ts";

interface FormProps {
  readonly view: ShownView;
  readonly you: string;
  readonly onAnswer: (answer: SlackAnswer) => void;
  readonly onClose: () => void;
}

/** A form in a window of its own, as Slack opens one: filled in, sent, and in its place what the bot answers. */
export function Form({ view, you, onAnswer, onClose }: FormProps) {
  const window = useRef<HTMLDialogElement>(null);
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [failed, setFailed] = useState<string>();
  useEffect(() => window.current?.showModal(), []);

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const { callback_id, private_metadata } = view;
    const filled: Filled = { user: you, view: { callback_id, private_metadata }, values: valuesIn(view, given) };
    const sent = await send("/api/submit", filled);
    if (!sent.ok) return setFailed(sent.why);
    const answer = sent.body as SlackAnswer;
    if (answer.errors) return setErrors(answer.errors);
    if (answer.view) return onAnswer(answer);
    if (answer.status >= 400) return setFailed(`Slack was answered with ${answer.status}.`);
    onClose();
  };
  const canSend = view.submit !== undefined && view.submit !== null;
  return (
    <dialog ref={window} className="form" aria-labelledby="form-title" onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        <h3 id="form-title">{textOf(view.title) || "Paramedic"}</h3>
        {view.blocks.map((block, index) => {
          const field = readField(block);
          // A form's blocks stay in their places.
          const key = field?.block ?? `block ${index}`;
          return field ? (
            <FieldPart key={key} field={field} error={errors[field.block]} />
          ) : (
            <Blocks key={key} blocks={[block]} text="" ts={key} onPress={() => {}} />
          );
        })}
        {failed !== undefined && <p role="alert">{failed}</p>}
        <div className="ends">
          <button type="button" onClick={onClose}>
            {textOf(view.close) || "Close"}
          </button>
          {canSend && (
            <button type="submit" className="send">
              {textOf(view.submit)}
            </button>
          )}
        </div>
      </form>
    </dialog>
  );
}

function FieldPart({ field, error }: { field: Field; error: string | undefined }) {
  const { block, label, hint, isNeeded } = field;
  const about = `about-${block}`;
  const text = (
    <>
      {label} {!isNeeded && <span className="quiet">(optional)</span>}
    </>
  );
  const below = (
    <>
      {hint !== undefined && (
        <span id={about} className="under">
          {hint}
        </span>
      )}
      {error !== undefined && (
        <span role="alert" className="wrong">
          {error}
        </span>
      )}
    </>
  );
  if (field.kind === "several") {
    return (
      <fieldset className="field">
        <legend>{text}</legend>
        {field.options.map(({ value, label: option }) => (
          <label key={value} className="option">
            <input type="checkbox" name={block} value={value} /> {option}
          </label>
        ))}
        {below}
      </fieldset>
    );
  }
  const common = { name: block, required: isNeeded, ...(hint !== undefined && { "aria-describedby": about }) };
  return (
    <div className="field">
      <label>
        <span>{text}</span>
        {field.kind === "one" && (
          <select {...common} defaultValue="">
            <option value="">Choose…</option>
            {field.options.map(({ value, label: option }) => (
              <option key={value} value={value}>
                {option}
              </option>
            ))}
          </select>
        )}
        {field.kind === "text" && <input {...common} maxLength={field.charsMax} />}
        {field.kind === "lines" && <textarea {...common} rows={3} maxLength={field.charsMax} />}
      </label>
      {below}
    </div>
  );
}

/** What was entered, by block. What was left empty is not there. */
function valuesIn({ blocks }: ShownView, given: FormData): Filled["values"] {
  const values: Record<string, string | readonly string[]> = {};
  for (const block of blocks) {
    const field = readField(block);
    if (!field) continue;
    const entered = given.getAll(field.block).filter((value) => typeof value === "string" && value !== "") as string[];
    const [first] = entered;
    if (first !== undefined) values[field.block] = field.kind === "text" || field.kind === "lines" ? first : entered;
  }
  return values;
}
