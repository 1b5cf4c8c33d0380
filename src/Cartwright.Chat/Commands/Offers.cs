using Cartwright.Chat.Connections;

namespace Cartwright.Chat.Commands;

/// <summary>The prompts and resources of a server, listed once, and again after it said that they changed.</summary>
internal sealed class Offers
{
    private readonly Kept<IReadOnlyList<PromptInfo>> _prompts;
    private readonly Kept<IReadOnlyList<ResourceInfo>> _resources;
    private readonly Kept<IReadOnlyList<ResourceTemplateInfo>> _templates;

    public Offers(IShopConnection connection)
    {
        _prompts = new Kept<IReadOnlyList<PromptInfo>>(connection.ListPrompts);
        _resources = new Kept<IReadOnlyList<ResourceInfo>>(connection.ListResources);
        _templates = new Kept<IReadOnlyList<ResourceTemplateInfo>>(connection.ListResourceTemplates);
        connection.Changed += (_, changed) =>
        {
            if (changed.Kinds.HasFlag(OfferKinds.Prompts))
            {
                _prompts.Forget();
            }

            if (changed.Kinds.HasFlag(OfferKinds.Resources))
            {
                _resources.Forget();
                _templates.Forget();
            }
        };
    }

    public Task<IReadOnlyList<PromptInfo>> Prompts(CancellationToken cancellation) => _prompts.Get(cancellation);

    public Task<IReadOnlyList<ResourceInfo>> Resources(CancellationToken cancellation) => _resources.Get(cancellation);

    public Task<IReadOnlyList<ResourceTemplateInfo>> Templates(CancellationToken cancellation) => _templates.Get(cancellation);

    /// <summary>Something asked for once; a failure is not kept.</summary>
    private sealed class Kept<T>(Func<CancellationToken, Task<T>> ask)
    {
        private readonly Lock _gate = new();
        private Task<T>? _asked;

        public Task<T> Get(CancellationToken cancellation)
        {
            lock (_gate)
            {
                _asked = _asked is null or { IsFaulted: true } or { IsCanceled: true } ? ask(CancellationToken.None) : _asked;
                return _asked.WaitAsync(cancellation);
            }
        }

        public void Forget()
        {
            lock (_gate)
            {
                _asked = null;
            }
        }
    }
}
